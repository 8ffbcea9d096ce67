//! The whole system over HTTP: local cloud, deployed stack, local edge with the real bundle in a real Node.

mod anywhere;
mod around;
mod counting;
mod cross_origin;
mod hostile;
mod keys;
mod minting;
mod others_signatures;
mod owner;
mod permissions;
mod signed_urls;
mod site;
mod smoke;
