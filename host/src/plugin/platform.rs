//! [`unsuited`]: whether a plugin makes sense for what is audited.

use quoin_abi::metadata::Metadata;
use quoin_engine::capability::{Capability, CapabilitySet};

/// Why a plugin that names a platform does not fit, if it does not: it is for another system, or looks at a running one where
/// an unpacked image is audited.
///
/// Programs and the kernel's own files, `/proc` and `/sys`, belong to a system that runs; a plugin that declares neither
/// reads what an image has as well.
pub(super) fn unsuited(metadata: &Metadata, declared: &CapabilitySet, is_image: bool) -> Option<String> {
    let platform = metadata.platform.as_deref().filter(|platform| !platform.is_empty())?;
    if !platform.eq_ignore_ascii_case(std::env::consts::OS) {
        return Some(format!("is for {platform}, and this is {}", std::env::consts::OS));
    }
    (is_image && declared.capabilities().any(is_of_a_running_system))
        .then(|| "looks at a system that runs, which an image (--root) does not".to_owned())
}

fn is_of_a_running_system(capability: &Capability) -> bool {
    match capability {
        Capability::Exec(_) => true,
        Capability::FsRead(_) | Capability::FsWrite(_) => {
            let text = capability.to_string();
            let is_of_kernel = |path: &str| matches!(path.split('/').nth(1), Some("proc" | "sys"));
            text.split([':', ',']).any(is_of_kernel)
        }
        Capability::Network(_) | Capability::Env(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(platform: Option<&str>, declared: &[&str], is_image: bool) -> Option<String> {
        let metadata = Metadata { platform: platform.map(Into::into), ..Metadata::default() };
        let declared = CapabilitySet::new(declared.iter().map(|text| text.parse().unwrap())).unwrap();
        unsuited(&metadata, &declared, is_image)
    }

    #[test]
    fn a_plugin_for_another_system_does_not_fit() {
        assert_eq!(why(Some("windows"), &[], false).unwrap(), "is for windows, and this is linux");
        for platform in [Some("linux"), Some("Linux"), Some(""), None] {
            assert_eq!(why(platform, &["exec:**"], false), None, "{platform:?}");
        }
    }

    #[test]
    fn a_plugin_that_needs_a_running_system_does_not_fit_an_image() {
        for declared in [
            &["exec:systemctl"][..],
            &["fs:read:/proc/**"],
            &["fs:read:/{etc,proc}/**"],
            &["env:A", "fs:read:/sys/class/**"],
        ] {
            assert!(why(Some("linux"), declared, true).unwrap().contains("--root"), "{declared:?}");
            assert_eq!(why(None, declared, true), None, "it does not say so");
        }
        assert_eq!(why(Some("linux"), &["fs:read:/etc/**", "network:outbound:*"], true), None);
        assert_eq!(why(Some("linux"), &["fs:read:/sysroot/**"], true), None);
    }
}
