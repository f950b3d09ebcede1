package plan

// Topic is under which name a language has what this package says.
const Topic = "plan"

// Messages are the titles and texts of actions, questions and requests, by key, in
// English.
func Messages() map[string]string {
	return map[string]string{
		// Why a step stands where it does.
		"why_a": "First, because Okta decides only over users whom Entra sends to Okta. As long as a domain signs in at Entra itself, " +
			"no rule of a later step reaches its users.",
		"why_b": "Before anything is refused, because a client that is to leave basic authentication needs something to go to. " +
			"Turning modern authentication on closes nothing by itself: whoever wants to can go on with a password.",
		"why_c": "Optional in the whitepaper. A protocol that nobody needs is switched off here, for the mailboxes there are and for those to come. " +
			"Switches of single mailboxes have to be kept up, so they stand beside step D and never in its place.",
		"why_d": "Refuses the password before it is looked at, so that guessing stops too. It comes after step B, or clients have nothing left to sign in with. " +
			"The policy is made first, tried on a few mailboxes, and becomes the default last.",
		"why_e": "Catches whoever is not under the authentication policy of step D, and asks everybody else for MFA. It needs step A, " +
			"and the rule for legacy clients has to stand above the one that asks for MFA.",
		"why_f": "Last, because it ends the sessions there are. Tokens from before live for up to 90 days, and a session that is revoked too early " +
			"comes back under the old rules.",
		"why_evidence": "What the logs show once the steps are done. None of this is a setting.",
		"why_access":   "The steps together. These findings close when the doors above are closed.",

		// Questions.
		"find_out":          "Collect what is missing, or decide it by hand, and make the plan anew.",
		"ask_group":         "A group for the accounts in use",
		"ask_group_how":     "Make a group of the accounts that are set apart, and leave it out of the Conditional Access policy before it is turned on.",
		"ask_group_why":     "{n} {account is|accounts are} in use, too many to name one by one.",
		"ask_glass":         "The emergency accounts",
		"ask_glass_how":     "Declare them in postern.yaml under declarations.break_glass, by id, and make the plan anew.",
		"ask_glass_none":    "No break-glass account is declared, and a Conditional Access policy for everybody has to leave them out.",
		"ask_glass_name":    "The break-glass account '{name}' is declared by name only, and Conditional Access needs its id.",
		"ask_policies":      "Which authentication policies there are",
		"ask_policies_how":  "Collect exchange.authentication_policies, and make the plan anew.",
		"ask_policies_why":  "Basic authentication is open at Exchange, and the list of its authentication policies was not read.",
		"ask_devices":       "How devices are registered",
		"ask_devices_how":   "Windows registers devices through Okta's legacy endpoint, and the rule that denies legacy clients stops it. If they are yours, put a rule above it for legacy clients with the user agent Windows-AzureAD-Authentication-Provider, from your own networks.",
		"ask_devices_why":   "{n} {account registers|accounts register} devices that way.",
		"ask_addresses":     "From which addresses the accounts in use sign in",
		"ask_addresses_how": "Look in the sign-in logs for them. The exception in Okta is for these addresses only.",
		"ask_addresses_why": "{n} in use: {names}.",
		"ask_unseen":        "Mailboxes that nobody can sign in to",
		"ask_unseen_how":    "They are in a finding and in no action: look at them by hand.",
		"ask_unseen_why":    "{n} {mailbox of the findings is|mailboxes of the findings are} of a kind that nobody signs in to.",
		"ask_unusable":      "Mailboxes without a usable name",
		"ask_unusable_how":  "They have no user principal name that a script could use without doubt. Change them by hand.",
		"ask_unusable_why":  "{n} of them, such as {names}.",

		// Modern authentication and protocols.
		"modern_on":            "Turn modern authentication on",
		"sharepoint_off":       "Turn legacy authentication off in SharePoint",
		"disable":              "Disable {protocol}",
		"passwords_only":       "The logs show passwords only: a program that uses {protocol} with a token stops too, and nobody sees it before.",
		"plans_off":            "Let new mailboxes start without POP and IMAP",
		"close_smtp":           "Close SMTP AUTH",
		"keep_from_powershell": "Keep users who administer nothing from PowerShell",
		"script_account":       "The script leaves out the account that runs it.",

		// Authentication policies.
		"blocking_policy":  "Create a policy that blocks basic authentication",
		"pilot":            "Try the policy on a few mailboxes",
		"pilot_how":        "Put {n} mailboxes that nobody was seen to use with a password under the policy, and see for a day that they go on: Exchange may take {hours} hours. To choose others, move the word pilot to their lines in the script's table.",
		"policy_back":      "The script puts back the policy that each of them had.",
		"make_default":     "Make the policy the default",
		"keep_in_use":      "Set the mailboxes in use apart",
		"keep_in_use_how":  "Mailboxes that still sign in with a password get a policy that lets through what they use and nothing else, so that the default does not stop them. This keeps a door open: move them to modern authentication, and take the policy away again.",
		"keep_in_use_undo": "The script puts back the policy that each of them had, and removes the policies that it made.",
		"own_policy":       "Take weaker policies off single mailboxes",
		"own_policy_how":   "Put the mailboxes whose own policy is weaker under the one that blocks. A policy of a mailbox's own beats the default.",
		"block_legacy":     "Create a policy that blocks legacy clients, to report only",
		"in_use_left_out":  "The accounts in use that are known are left out.",

		// Tokens.
		"shorten_tokens":   "Shorten access tokens",
		"limit_sessions":   "Create a policy that limits sessions, to report only",
		"revoke":           "Revoke all sessions",
		"revoke_undo":      "A revocation cannot be undone; users get new tokens at their next sign-in.",
		"revoke_everybody": "Steps before this one are open, so everybody's sessions are revoked, in order or not, when those have taken effect. If nothing of them is carried out, because all that is left is set apart, leave this out.",

		// Okta.
		"deny_legacy":       "Deny legacy clients above every other rule",
		"deny_console":      "{rules} > Add rule. Client is: Exchange ActiveSync/Legacy Auth. Then access is: Denied. Drag it above all others but the exception",
		"move_deny":         "Move the rule that denies legacy clients above every other",
		"create_rule":       "Create the rule",
		"remove_rule":       "Remove the rule",
		"deactivate":        "Deactivate the rule",
		"activate":          "Activate it again",
		"move_rule":         "Move rule '{name}'",
		"move_back":         "Move it back",
		"read_back":         "Okta does not document office365Client: read the rules back and compare. Terraform's provider before 6.14.0 clears it.",
		"keep_id":           "Keep the id of the answer: it is {name}.",
		"id_of_in_use":      "the id of the group of the accounts in use",
		"loose":             "Switch off the exception '{name}', or confine it",
		"loose_note":        "First move those who need it into the exception with a group and a zone of its own.",
		"threat_insight":    "Let ThreatInsight block",
		"set_action":        "Set the action",
		"set_action_note":   "excludeZones replaces the list: these are the zones that are exempt now.",
		"set_back":          "Set it back",
		"change_rule":       "Change rule '{name}'",
		"change_rule_of":    "Change rule '{name}' of {apps}",
		"edit_console":      "{rules} > the rule > Actions > Edit",
		"change_the_rule":   "Change the rule",
		"rule_back":         "Put the rule back as it was",
		"edit_deny":         "The catch-all denies whatever no other rule takes: make sure that the rules above it name everybody who needs access.",
		"edit_modern":       "The rule is for web browsers and modern clients only.",
		"edit_two_factors":  "It asks for two factor types: make sure that everybody has enrolled a second factor first.",
		"edit_hours":        "It asks again after {hours} hours.",
		"exception":         "Set the accounts in use apart",
		"exception_how":     "Accounts that still sign in with a password get a group of their own, and a rule for that group from the addresses of what signs in. Without it the next request stops them. Better: move them to modern authentication and leave this out.",
		"exception_console": "Directory > Groups > Add group, then assign the people; Security > Networks > Add zone; then {rules} > Add rule",
		"create_group":      "Create the group",
		"create_group_note": "Keep the id of the answer: it is {name} below. If the group is already there, take its id.",
		"remove_group":      "Remove the group",
		"create_zone":       "Create the network zone",
		"create_zone_note":  "Keep the id of the answer: it is {name} below. Addresses of Exchange Online or of a whole provider confine nothing.",
		"remove_zone":       "Remove the zone",
		"zone_addresses":    "the addresses of what signs in, such as 203.0.113.7/32",
		"create_exception":  "Create the rule for the group, on top",
		"id_of_group":       "the id of the group",
		"id_of_zone":        "the id of the zone",
		"add_member":        "Add {who}",
		"take_out":          "Take {who} out",
		"each_account":      "each of the {n} accounts",
		"okta_id":           "the Okta id of {name}",
		"okta_ids":          "the Okta id of each account that is set apart: set_apart in -f json has those that Okta's log shows",
	}
}
