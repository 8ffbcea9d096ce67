//! The inbox with ministack's S3, DynamoDB and SNS.

mod faults;
mod fixture;
mod form;
mod uploads;
