package snapshot

import "slices"

// SystemMailboxKinds lists the values of RecipientTypeDetails that Exchange gives
// to mailboxes of its own. Nobody signs in to them, and most have no user in Entra.
func SystemMailboxKinds() []string {
	return []string{
		"ArbitrationMailbox", "AuditLogMailbox", "AuxAuditLogMailbox", "DiscoveryMailbox", "MonitoringMailbox",
		"SupervisoryReviewPolicyMailbox", "SystemMailbox",
	}
}

// IsSystemMailbox reports whether a mailbox of this RecipientTypeDetails is
// Exchange's own.
func IsSystemMailbox(recipientTypeDetails string) bool {
	return slices.Contains(SystemMailboxKinds(), recipientTypeDetails)
}
