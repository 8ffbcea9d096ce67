//! Requests of CloudFormation.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html>

use serde::Deserialize;
use serde_json::Value;
use vitae_parameters::Prefix;
use vitae_signer::Algorithm;

use crate::stack::Stack;

/// The parts of an event that a response needs. They are parsed separately, so that an invalid request still gets a
/// response and CloudFormation does not wait for its timeout.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Envelope {
    /// The presigned URL of the response. It is a secret while it is valid.
    #[serde(rename = "ResponseURL")]
    pub response_url: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// CloudFormation's id of the request.
    pub request_id: String,
    /// The resource's name in the template.
    pub logical_resource_id: String,
    request_type: String,
    #[serde(default)]
    resource_properties: Value,
}

/// A valid request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Create the first key.
    Create {
        /// The stack.
        stack: Stack,
        /// The key's algorithm.
        algorithm: Algorithm,
    },
    /// Return the key group. An update never changes keys.
    Update {
        /// The stack.
        stack: Stack,
    },
    /// Remove what was created. Without a stack, nothing was created.
    Delete {
        /// The stack.
        stack: Option<Stack>,
    },
}

/// Why a request is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// A property is missing or not a string.
    #[error("property {name} is missing or not a string; set it in the template")]
    Missing {
        /// The property's name.
        name: &'static str,
    },
    /// `ParameterPrefix` is malformed.
    #[error("ParameterPrefix: {0}")]
    Prefix(vitae_parameters::Error),
    /// `Algorithm` is unknown.
    #[error("Algorithm is {value:?}: use ecdsa-p256 or rsa-2048")]
    Algorithm {
        /// The value.
        value: String,
    },
    /// An unknown request type.
    #[error("RequestType is {value:?}: expected Create, Update or Delete")]
    RequestType {
        /// The value.
        value: String,
    },
}

impl Envelope {
    /// A valid request.
    ///
    /// # Errors
    /// [`InvalidRequest`] names the property to mend. A deletion makes sense whatever its properties are: those of a
    /// creation that was refused come back when CloudFormation cleans up after it.
    pub fn request(&self) -> Result<Request, InvalidRequest> {
        let stack = || {
            let prefix = self.property("ParameterPrefix")?;
            Prefix::parse(prefix).map(Stack::new).map_err(InvalidRequest::Prefix)
        };
        match self.request_type.as_str() {
            "Create" => Ok(Request::Create { stack: stack()?, algorithm: self.algorithm()? }),
            "Update" => Ok(Request::Update { stack: stack()? }),
            "Delete" => Ok(Request::Delete { stack: stack().ok() }),
            value => Err(InvalidRequest::RequestType { value: value.to_owned() }),
        }
    }

    /// The request's type, for the log.
    #[must_use]
    pub fn request_type(&self) -> &str {
        &self.request_type
    }

    fn algorithm(&self) -> Result<Algorithm, InvalidRequest> {
        let value = self.property("Algorithm")?;
        value.parse().map_err(|_| InvalidRequest::Algorithm { value: value.to_owned() })
    }

    fn property(&self, name: &'static str) -> Result<&str, InvalidRequest> {
        self.resource_properties.get(name).and_then(Value::as_str).ok_or(InvalidRequest::Missing { name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(request_type: &str, properties: &Value) -> Result<Request, InvalidRequest> {
        let event = json!({
            "RequestType": request_type, "ResponseURL": "http://localhost/", "StackId": "s", "RequestId": "r",
            "LogicalResourceId": "Keys", "ResourceType": "Custom::Keys", "ResourceProperties": properties,
        });
        serde_json::from_value::<Envelope>(event).unwrap().request()
    }

    fn resume() -> Stack {
        Stack::new(Prefix::from_stack_name("resume").unwrap())
    }

    #[test]
    fn the_three_requests_are_parsed() {
        let properties = json!({ "ServiceToken": "t", "ParameterPrefix": "/vitae/resume/", "Algorithm": "rsa-2048" });
        let create = Request::Create { stack: resume(), algorithm: Algorithm::Rsa2048 };
        assert_eq!(request("Create", &properties), Ok(create));
        assert_eq!(request("Update", &properties), Ok(Request::Update { stack: resume() }));
        assert_eq!(request("Delete", &properties), Ok(Request::Delete { stack: Some(resume()) }));
    }

    #[test]
    fn an_invalid_creation_is_rejected_with_its_property() {
        let missing = InvalidRequest::Missing { name: "ParameterPrefix" };
        assert_eq!(request("Create", &json!({})), Err(missing.clone()));
        assert_eq!(request("Create", &json!({ "ParameterPrefix": 1 })), Err(missing));
        let ed25519 = json!({ "ParameterPrefix": "/vitae/resume/", "Algorithm": "ed25519" });
        assert_eq!(request("Create", &ed25519), Err(InvalidRequest::Algorithm { value: "ed25519".into() }));
        let error = request("Create", &json!({ "ParameterPrefix": "/aws/x/", "Algorithm": "rsa-2048" })).unwrap_err();
        assert!(error.to_string().contains("/aws/x/"), "{error}");
        assert_eq!(request("Rotate", &json!({})), Err(InvalidRequest::RequestType { value: "Rotate".into() }));
    }

    #[test]
    fn the_deletion_of_an_invalid_creation_is_valid() {
        assert_eq!(request("Delete", &json!({})), Ok(Request::Delete { stack: None }));
        assert_eq!(request("Delete", &Value::Null), Ok(Request::Delete { stack: None }));
        let no_algorithm = json!({ "ParameterPrefix": "/vitae/resume/" });
        assert_eq!(request("Delete", &no_algorithm), Ok(Request::Delete { stack: Some(resume()) }));
    }
}
