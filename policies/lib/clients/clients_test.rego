package lib.clients_test

import data.lib.clients

test_everything_but_the_modern_names_is_legacy if {
	every name in ["IMAP4", "Authenticated SMTP", "Exchange ActiveSync", "Other clients; POP", "A name of tomorrow"] {
		clients.legacy({"client_app": name})
	}
	every name in ["Browser", "Mobile Apps and Desktop clients", "MOBILE APPS AND DESKTOP CLIENTS ", ""] {
		not clients.legacy({"client_app": name})
	}
	clients.legacy({})
}

test_password_grant_is_known_by_its_protocol if {
	clients.password_grant({"authentication_protocol": "ROPC"})
	not clients.password_grant({"authentication_protocol": "none"})
	not clients.password_grant({})
}

test_tables_of_the_whitepaper if {
	cases := {
		"Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.7268; Pro)": ["outdated", "Outlook for Windows 14"],
		"Microsoft Office/12.0 (Windows NT 5.1; Microsoft Outlook 12.0.6739; Pro)": ["outdated", "Outlook for Windows 12"],
		"Microsoft Office/15.0 (Windows NT 6.1; Microsoft Outlook 15.0.4569; Pro)": ["maybe", "Outlook for Windows 15"],
		"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.9126; Pro)": ["modern", "Outlook for Windows 16"],
		"Microsoft Office/14.0 (Windows NT 6.1; Microsoft Word 14.0.7268; Pro)": ["outdated", "Microsoft Office 14"],
		"MacOutlook/14.7.3.170325 (Intel Mac OS X 10.9.6)": ["outdated", "Outlook for Mac 14"],
		"MacOutlook/16.16.11.190609 (Intel Mac OS X Version 10.14.5 (Build 18F132))": ["modern", "Outlook for Mac 16"],
		"Entourage/12.38.0": ["outdated", "Entourage 12"],
		"Outlook-iOS-Android/1.0": ["modern", "Outlook for iOS and Android"],
		"Apple-iPhone3C1/902.206": ["outdated", "iOS Mail (build 9)"],
		"Apple-iPhone8C1/1407.60": ["outdated", "iOS Mail (build 14)"],
		"Apple-iPad6C4/1505.302": ["modern", "iOS Mail (build 15)"],
		"iOS/10.3.3 (14G60) dataaccessd/1.0": ["outdated", "iOS Mail (iOS 10)"],
		"iOS/11.3.1 (15E302) dataaccessd/1.0": ["modern", "iOS Mail (iOS 11)"],
		"Mac OS X/10.13.4 (17E199); ExchangeWebServices/8.0 (307)": ["outdated", "macOS Mail (macOS 10.13)"],
		"Mac OS X/10.6.8 (10K549); ExchangeWebServices/1.3 (61); Mail/4.6": ["outdated", "macOS Mail (macOS 10.6)"],
		"macOS/10.15.7 (19H2) ExchangeWebServices/10.0": ["unlisted", "macOS Mail (macOS 10.15)"],
		"macOS/012.6 (21G115)": ["unlisted", "macOS Mail (macOS 12)"],
		"Android/8.1.0-EAS-1.3": ["outdated", "Android Mail (Android 8)"],
		"Android-EAS/0.1": ["outdated", "Android Mail (Android 0)"],
		"Android/12-EAS-2.0": ["unlisted", "Android Mail (Android 12)"],
		"MSFT-WIN-4/10.0.17134": ["modern", "Windows 10 Mail"],
		"Evolution/3.28.5": ["maybe", "word:unix_mail"],
		"Mozilla/5.0 (X11; Linux x86_64; rv:52.0) Gecko/20100101 Thunderbird/52.9.1": ["maybe", "word:unix_mail"],
		"Windows-AzureAD-Authentication-Provider/1.0": ["device", "Windows-AzureAD-Authentication-Provider"],
		"": ["unlisted", "word:no_user_agent"],
		"  ": ["unlisted", "word:no_user_agent"],
		"BAV2ROPC": ["unlisted", "BAV2ROPC"],
		"Mozilla/5.0 (Windows NT 10.0) Thunderbird/60.0": ["unlisted", "Thunderbird"],
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_12_6)": ["unlisted", "Mozilla"],
	}
	every user_agent, expected in cases {
		clients.judge(user_agent) == {"class": expected[0], "client": expected[1]}
	}
}

test_no_text_of_the_client_comes_through if {
	every user_agent in ["Mail of Jan Janssen/1.0", "jan@example.com", "<script>", "Entourage/99999999 jan"] {
		not contains(lower(clients.judge(user_agent).client), "jan")
		not contains(clients.judge(user_agent).client, "<")
	}
}
