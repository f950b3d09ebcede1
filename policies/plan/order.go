package plan

// why says why each step stands where it does in the whitepaper's order.
func why(step string) string {
	return map[string]string{
		"A": "First, because Okta decides only over users whom Entra sends to Okta. As long as a domain signs in at Entra itself, " +
			"no rule of a later step reaches its users.",
		"B": "Before anything is refused, because a client that is to leave basic authentication needs something to go to. " +
			"Turning modern authentication on closes nothing by itself: whoever wants to can go on with a password.",
		"C": "Optional in the whitepaper. A protocol that nobody needs is switched off here, for the mailboxes there are and for those to come. " +
			"Switches of single mailboxes have to be kept up, so they stand beside step D and never in its place.",
		"D": "Refuses the password before it is looked at, so that guessing stops too. It comes after step B, or clients have nothing left to sign in with. " +
			"The policy is made first, tried on a few mailboxes, and becomes the default last.",
		"E": "Catches whoever is not under the authentication policy of step D, and asks everybody else for MFA. It needs step A, " +
			"and the rule for legacy clients has to stand above the one that asks for MFA.",
		"F": "Last, because it ends the sessions there are. Tokens from before live for up to 90 days, and a session that is revoked too early " +
			"comes back under the old rules.",
		"evidence": "What the logs show once the steps are done. None of this is a setting.",
		"access":   "The steps together. These findings close when the doors above are closed.",
	}[step]
}
