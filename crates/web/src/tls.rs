//! TLS with a certificate that was given: rustls on ring, versions 1.2 and 1.3.

use std::path::Path;
use std::sync::Arc;

use ocelli_pipeline::SinkError;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::spec::TlsFiles;

/// Reads both files.
///
/// # Errors
/// Where one cannot be read, holds nothing of its kind, or does not fit the other.
pub(crate) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, SinkError> {
    let wrong = |path: &Path, what: String| {
        let hint = "both files are PEM: cert= the certificate with those it hangs on, key= its private key";
        SinkError::new(format!("{}: {what}", path.display()), hint)
    };
    let TlsFiles { certificate, key } = files;
    let certificates = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(certificate, error.to_string()))?;
    if certificates.is_empty() {
        return Err(wrong(certificate, "no certificate in it".to_owned()));
    }
    let private_key = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, error.to_string()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, private_key))
        .map_err(|error| wrong(key, error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
