package impact

// JudgeClient says what the tables say of a user agent.
func JudgeClient(userAgent string) Client { return newClients().judge(userAgent) }
