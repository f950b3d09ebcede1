package access

import "time"

// Microsoft has taken basic authentication out of Exchange Online, tenant by
// tenant, for every protocol but SMTP AUTH. It began in the worldwide service on
// 2022-10-01 and let nobody turn it on again after 2022-12-31; the cloud in China
// followed from 2023-03-31. Where its pages give no last day the end of 2023 is
// taken: they have since said that it is off in all tenants.
//
// https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online
func basicRemoved(cloud string, at time.Time) tri {
	begins, done := day(2022, 10, 1), day(2024, 1, 1)
	switch cloud {
	case "public", "gcc":
		done = day(2023, 4, 1)
	case "china":
		begins = day(2023, 3, 31)
	}
	return between(at, begins, done)
}

// ewsRetired says whether EWS is gone: not before 2026-10-01, when Microsoft starts
// to turn it off where nobody has turned it on, and certainly from 2027-04-01.
//
// https://learn.microsoft.com/exchange/client-developer/exchange-web-services/deprecation-of-ews-exchange-online
func ewsRetired(at time.Time) tri {
	return between(at, day(2026, 10, 1), day(2027, 4, 1))
}

func between(at, begins, done time.Time) tri {
	switch {
	case at.Before(begins):
		return no
	case at.Before(done):
		return maybe
	}
	return yes
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}
