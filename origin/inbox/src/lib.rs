//! The regional Lambdas of the inbox: a visitor's file is uploaded, checked, scanned and moved before the owner opens it.
//!
//! # The way of a file
//! 1. `POST /inbox` names a file. The function [`http`] checks name, type and size, stores a [`record`], and returns a
//!    presigned POST ([`post_policy`]), which fixes key, type, size and encryption of one object in the upload bucket.
//! 2. The browser posts the file. S3's event reaches the function [`events`], which compares the [`content`] with the declared
//!    type and stores its hash.
//! 3. GuardDuty Malware Protection for S3 scans the object, tags it, and sends an event with the result.
//! 4. A file whose content matches and in which no threat was found is copied to the inbox bucket, with a [`summary`]. Every
//!    other file is copied to the quarantine bucket. Then it is deleted from the upload bucket.
//! 5. The owner is notified.
//!
//! # Events
//! EventBridge delivers at least once and in any order, and GuardDuty scans versions in any order. So an event is only an
//! observation, which adds a fact to the record ([`transition::apply`]); and the next step is a function of the facts
//! ([`transition::next_step`]). Each step is idempotent and ends with a conditional write, [`record::Work`] by
//! [`record::Work`]. The result is written once, before anything is copied, so that two runs never copy to both buckets. A
//! run that is killed is continued by Lambda's retry, or by the schedule, which also finds what lost events would have
//! said: it lists the versions of an upload and reads the tag of the scan.
//!
//! # What an uploader can and cannot do
//! - The form is valid for 15 minutes and may be used more than once. The record is about the first version that is observed;
//!   every other version is deleted and never moved.
//! - The policy names no tag, so the uploader cannot set the tag of a clean scan. The bucket's policy lets only the scanner's
//!   role set tags.
//! - The name is data and never part of a key.
//! - Three uploads may be pending and twenty may arrive in a day, for the whole site ([`admission`]).
//!
//! | item | `pk` | attributes |
//! |---|---|---|
//! | an upload | `upload#<id>` | [`record::Record`] |
//! | the number of files that arrived on a day (UTC) | `day#2026-11-20` | `arrived`, `ttl` |
//! | the uploads that were requested and have not arrived | `pending` | `uploads` (id to expiry), `revision` |

pub mod admission;
pub mod content;
pub mod error;
pub mod events;
pub mod file_name;
pub mod file_type;
pub mod http;
pub mod limits;
pub mod notice;
pub mod objects;
pub mod post_policy;
pub mod record;
pub mod settings;
pub mod store;
pub mod summary;
pub mod transition;
pub mod upload_id;
pub mod upload_request;
