//! The whole system over HTTP: local cloud, deployed stack, and the local edge, which runs the real bundle in Node.

mod bypass;
mod count_script;
mod counting;
mod cross_origin;
mod cv_links;
mod distribution_rules;
mod inbox;
mod keys;
mod malformed_requests;
mod named_links;
mod openssl;
mod operations;
mod permissions;
mod signed_urls;
mod site;

/// Held by a test that adds a document to the CV bucket, and by one that compares the bucket with the site's folder.
static CV_BUCKET: std::sync::Mutex<()> = std::sync::Mutex::new(());
