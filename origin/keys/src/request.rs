//! What CloudFormation asks for.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html>

use serde::Deserialize;
use serde_json::Value;
use vitae_parameters::Prefix;
use vitae_signer::Algorithm;

use crate::stack::Stack;

/// The parts of an event that an answer needs. They are read apart from the rest, so that a request that makes no sense
/// still gets its answer and CloudFormation does not wait for its timeout.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Envelope {
    /// Where the answer goes: a presigned URL, so a secret of the hour.
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

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Make the first key.
    Create {
        /// Of which stack.
        stack: Stack,
        /// Of which algorithm.
        algorithm: Algorithm,
    },
    /// Tell the key group; keys are never changed by an update.
    Update {
        /// Of which stack.
        stack: Stack,
    },
    /// Remove what was made. Without a stack, nothing can have been made.
    Delete {
        /// Of which stack.
        stack: Option<Stack>,
    },
}

/// Why a request makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// A property is missing or no text.
    #[error("the property {name} is missing or no text: give it in the template")]
    Missing {
        /// The property.
        name: &'static str,
    },
    /// `ParameterPrefix` is none.
    #[error("ParameterPrefix: {0}")]
    Prefix(vitae_parameters::Error),
    /// `Algorithm` is none.
    #[error("Algorithm is {value:?}: write ecdsa-p256 or rsa-2048")]
    Algorithm {
        /// What it says.
        value: String,
    },
    /// An unknown request type.
    #[error("RequestType is {value:?}: this function knows Create, Update and Delete")]
    RequestType {
        /// What it says.
        value: String,
    },
}

impl Envelope {
    /// What is asked for.
    ///
    /// # Errors
    /// [`BadRequest`] names the property to mend. A deletion makes sense whatever its properties are: those of a
    /// creation that was refused come back when CloudFormation cleans up after it.
    pub fn request(&self) -> Result<Request, BadRequest> {
        let stack = || {
            let prefix = self.property("ParameterPrefix")?;
            Prefix::parse(prefix).map(Stack::new).map_err(BadRequest::Prefix)
        };
        match self.request_type.as_str() {
            "Create" => Ok(Request::Create { stack: stack()?, algorithm: self.algorithm()? }),
            "Update" => Ok(Request::Update { stack: stack()? }),
            "Delete" => Ok(Request::Delete { stack: stack().ok() }),
            value => Err(BadRequest::RequestType { value: value.to_owned() }),
        }
    }

    /// The request's type as it came, for the log.
    #[must_use]
    pub fn request_type(&self) -> &str {
        &self.request_type
    }

    fn algorithm(&self) -> Result<Algorithm, BadRequest> {
        let value = self.property("Algorithm")?;
        value.parse().map_err(|_| BadRequest::Algorithm { value: value.to_owned() })
    }

    fn property(&self, name: &'static str) -> Result<&str, BadRequest> {
        self.resource_properties.get(name).and_then(Value::as_str).ok_or(BadRequest::Missing { name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(request_type: &str, properties: &Value) -> Result<Request, BadRequest> {
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
    fn the_three_requests_are_read() {
        let properties = json!({ "ServiceToken": "t", "ParameterPrefix": "/vitae/resume/", "Algorithm": "rsa-2048" });
        let create = Request::Create { stack: resume(), algorithm: Algorithm::Rsa2048 };
        assert_eq!(request("Create", &properties), Ok(create));
        assert_eq!(request("Update", &properties), Ok(Request::Update { stack: resume() }));
        assert_eq!(request("Delete", &properties), Ok(Request::Delete { stack: Some(resume()) }));
    }

    #[test]
    fn a_creation_that_makes_no_sense_is_refused_by_property() {
        let missing = BadRequest::Missing { name: "ParameterPrefix" };
        assert_eq!(request("Create", &json!({})), Err(missing.clone()));
        assert_eq!(request("Create", &json!({ "ParameterPrefix": 1 })), Err(missing));
        let ed25519 = json!({ "ParameterPrefix": "/vitae/resume/", "Algorithm": "ed25519" });
        assert_eq!(request("Create", &ed25519), Err(BadRequest::Algorithm { value: "ed25519".into() }));
        let error = request("Create", &json!({ "ParameterPrefix": "/aws/x/", "Algorithm": "rsa-2048" })).unwrap_err();
        assert!(error.to_string().contains("/aws/x/"), "{error}");
        assert_eq!(request("Rotate", &json!({})), Err(BadRequest::RequestType { value: "Rotate".into() }));
    }

    #[test]
    fn the_deletion_of_a_creation_that_made_no_sense_does() {
        assert_eq!(request("Delete", &json!({})), Ok(Request::Delete { stack: None }));
        assert_eq!(request("Delete", &Value::Null), Ok(Request::Delete { stack: None }));
        let no_algorithm = json!({ "ParameterPrefix": "/vitae/resume/" });
        assert_eq!(request("Delete", &no_algorithm), Ok(Request::Delete { stack: Some(resume()) }));
    }
}
