//! HTTPS for viewers, with a development certificate that is created at each start.
//!
//! The private key never leaves memory. A client that should trust the certificate gets it from
//! `LocalEdge::certificate_pem`.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::error::Error;
use crate::limits::CERTIFICATE_LIFETIME;

/// A certificate, and the acceptor for viewers' TLS connections.
#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) pem: String,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate")
    }
}

impl Certificate {
    /// Creates a certificate for loopback and `names`. `http2` offers HTTP/2 to viewers.
    ///
    /// # Errors
    /// A name is not valid in a certificate.
    pub(crate) fn for_development(names: impl IntoIterator<Item = String>, http2: bool) -> Result<Self, Error> {
        let failed = |cause: String| Error::Certificate { cause };
        let loopback = ["localhost", "127.0.0.1", "::1"].map(ToOwned::to_owned);
        let names: Vec<String> = loopback.into_iter().chain(names).collect();
        let mut params = CertificateParams::new(names).map_err(|error| failed(error.to_string()))?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Vitae's local edge, for development");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let now = SystemTime::now();
        (params.not_before, params.not_after) = (now.into(), (now + CERTIFICATE_LIFETIME).into());
        let key = KeyPair::generate().map_err(|error| failed(error.to_string()))?;
        let certificate = params.self_signed(&key).map_err(|error| failed(error.to_string()))?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private))
            .map_err(|error| failed(error.to_string()))?;
        config.alpn_protocols =
            if http2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), pem: certificate.pem() })
    }
}

#[cfg(test)]
mod tests {
    use super::Certificate;

    #[test]
    fn a_certificate_needs_valid_names() {
        let certificate =
            Certificate::for_development(["d111.cloudfront.net".to_owned(), "*.example.org".to_owned()], true).unwrap();
        assert!(certificate.pem.starts_with("-----BEGIN CERTIFICATE-----"));
        let error = Certificate::for_development(["é.example".to_owned()], true).err().unwrap().to_string();
        assert!(error.starts_with("cannot create a development certificate: "), "{error}");
    }
}
