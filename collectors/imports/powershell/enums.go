package powershell

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// recipientTypeDetails are Exchange's names of the kinds of recipients, each a bit
// of msExchRecipientTypeDetails: the number of a name is two to the power of its
// place. A place without a name is none that is known.
var recipientTypeDetails = [...]string{
	"UserMailbox", "LinkedMailbox", "SharedMailbox", "LegacyMailbox", "RoomMailbox", "EquipmentMailbox", "MailContact", "MailUser",
	"MailUniversalDistributionGroup", "MailNonUniversalGroup", "MailUniversalSecurityGroup", "DynamicDistributionGroup",
	"PublicFolder", "SystemAttendantMailbox", "SystemMailbox", "MailForestContact", "User", "Contact",
	"UniversalDistributionGroup", "UniversalSecurityGroup", "NonUniversalGroup", "DisabledUser", "MicrosoftExchange",
	"ArbitrationMailbox", "MailboxPlan", "LinkedUser", "", "", "RoomList", "DiscoveryMailbox", "RoleGroup",
	"RemoteUserMailbox", "Computer", "RemoteRoomMailbox", "RemoteEquipmentMailbox", "RemoteSharedMailbox",
	"PublicFolderMailbox", "TeamMailbox", "RemoteTeamMailbox", "MonitoringMailbox", "GroupMailbox", "LinkedRoomMailbox",
	"AuditLogMailbox", "RemoteGroupMailbox", "SchedulingMailbox", "GuestMailUser", "AuxAuditLogMailbox",
	"SupervisoryReviewPolicyMailbox",
}

// nameOfDetails gives the name behind the number of a kind of recipient, where
// PowerShell wrote that. Any other value stays as it is: an unknown number is
// unknown, and not another kind.
func nameOfDetails(v jsontext.Value) jsontext.Value {
	text := string(v)
	if v.Kind() == jsontext.KindString {
		text = textOf(v)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return v
	}
	for i, name := range recipientTypeDetails {
		if n == 1<<i && name != "" {
			text = name
		}
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		return v
	}
	return quoted
}

// isMailboxType tells whether Get-User's RecipientType says that a user has a
// mailbox in the organisation; 2 is that name's number.
func isMailboxType(v jsontext.Value) bool {
	text := textOf(v)
	if v.Kind() == jsontext.KindNumber {
		text = string(v)
	}
	return text == userMailbox || text == "2"
}

const userMailbox = "UserMailbox"
