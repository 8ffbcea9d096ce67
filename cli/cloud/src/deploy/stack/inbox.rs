//! The stack of the inbox, from `inbox.yaml`. It is deployed before the system stack, which takes two of its outputs as parameters.

use std::collections::BTreeMap;

use super::{Error, MissingOutput, StackKind, output_values};
use crate::{aws::AwsClients, deploy::artifacts::StoredArtifacts};

/// The value of `Scanner` in a local cloud, which has no GuardDuty.
pub(in crate::deploy) const NO_SCANNER: &str = "none";

/// The outputs of `inbox.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the template describes each output under the same name")]
pub struct InboxOutputs {
    pub inbox_function: String,
    pub inbox_url: String,
    pub inbox_events_function: String,
    pub inbox_table: String,
    pub upload_bucket: String,
    pub upload_host: String,
    pub inbox_bucket: String,
    pub quarantine_bucket: String,
    pub notices_topic: String,
    /// `None` in a local cloud, which has no GuardDuty.
    pub scan_plan: Option<String>,
}

/// The outputs of the inbox of a system; `None` if the system has no inbox.
///
/// # Errors
/// See [`Error`].
pub async fn inbox_outputs(aws: &AwsClients, system: &str) -> Result<Option<InboxOutputs>, Error> {
    let values = output_values(aws, &StackKind::Inbox.stack_name(system)).await?;
    Ok(values.map(|values| InboxOutputs::read(&values)).transpose()?)
}

/// The parameters of the inbox of a local system. `upload_url` is where the local edge accepts files.
#[must_use]
pub fn local_inbox_parameters(system: &str, artifacts: &StoredArtifacts, upload_url: String) -> Vec<(String, String)> {
    let StoredArtifacts { bucket, regional, .. } = artifacts.clone();
    let parameters = [
        ("Stack", system.to_owned()),
        ("ArtifactBucket", bucket),
        ("RegionalKey", regional.key),
        ("RegionalObjectVersion", regional.version),
        ("Scanner", NO_SCANNER.to_owned()),
        ("UploadUrl", upload_url),
    ];
    parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl InboxOutputs {
    fn read(outputs: &BTreeMap<String, String>) -> Result<Self, MissingOutput> {
        let output = |name: &'static str| outputs.get(name).cloned().ok_or(MissingOutput(name));
        Ok(Self {
            inbox_function: output("InboxFunction")?,
            inbox_url: output("InboxUrl")?,
            inbox_events_function: output("InboxEventsFunction")?,
            inbox_table: output("InboxTable")?,
            upload_bucket: output("UploadBucket")?,
            upload_host: output("UploadHost")?,
            inbox_bucket: output("InboxBucket")?,
            quarantine_bucket: output("QuarantineBucket")?,
            notices_topic: output("NoticesTopic")?,
            scan_plan: output("ScanPlan").ok(),
        })
    }
}
