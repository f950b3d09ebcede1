package wording

import "github.com/seed-07732396/postern/policies/finding"

// PageWords are what the format html says besides.
type PageWords struct {
	Skip, Contents, Verdict                                              string
	Snapshot, CollectedAt, Source, Hash, TenantID, OktaOrg, Baseline     string
	Tool, MailboxesTerm, ScopeTitle                                      string
	Colors, ColorsAuto, ColorsLight, ColorsDark, ExpandAll, CollapseAll  string
	DoorsQuestion, DoorsUnknown, DoorsUnknownDetail, DoorsOpen           string
	DoorsNoneCertain, DoorsClosed, DoorsDetail, DoorsUndecided           string
	GateQuestion, GateOpen, GateShut, GateUnsure                         string
	UnknownQuestion, UnknownNone, UnknownNoneDetail                      string
	UnknownSome, UnknownDetail                                           string
	AccessTitle, AccessIntro, AccessPair, AccessMissing, MatrixTitle     string
	Before, After                                                        string
	FindingsTitle, ByStep, StepColumn, TotalColumn                       string
	FilterTitle, FilterSearch, FilterSearchHint, FilterOutcome           string
	FilterSeverity, FilterStep, FilterAllSteps, FilterNew, FilterReset   string
	FilterHidePasses, Showing, NothingFound                              string
	Found, NotKnown, NotApply, Notes, FixedTitle, Broke, WasBefore       string
	Why, WhatToDo, Help, PowerShell, Console, API, Undo                  string
	Copy, Copied, CopyFailed                                             string
	Basis, Answers, Evidence, OptionalNeed, See                          string
	NotInLedger                                                          string
	Violations                                                           string
	ShowAll, MembersLeft, MembersNoScript, Hits, MoreHits, Line          string
	Trace, Came, Went                                                    string
	AllFixed, Fixed, Waived, PartlyWaived, WaivedBy, WaivedUntil, Ticket string
	WaiverAt                                                             string
	UnknownTitle, UnknownIntro, NoGaps, GapFor, SeeControl               string
	WaiversTitle, WaiversIntro, NoWaivers, WaiversCaption                string
	WaiverColumn, OwnerColumn, ReasonColumn, ExpiresColumn               string
	// Covers is how many subjects a waiver is about, Joined how many since, Opened by
	// which protocols since.
	CoversColumn, Covers, Joined, Opened                      string
	LedgerTitle, LedgerIntro, LedgerCaption, NoLedger         string
	SourceColumn, StatusColumn, ItemsColumn, PermissionColumn string
	EndpointColumn                                            string
	LegendTitle                                               string
	Permalink, Paper                                          string

	// Meanings say what an outcome is.
	Meanings map[finding.Outcome]string
}
