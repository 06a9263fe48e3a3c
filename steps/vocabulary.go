package steps

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
)

// A phrase is one step that a feature may use.
type phrase struct {
	keyword messages.PickleStepType
	pattern *regexp.Regexp
	do      func(*world) any // what godog calls, bound to the world of a scenario
	needs   int              // SVMs that the scenario needs for itself; -1 means the first number in the step
	writes  bool
	cluster bool // whether it uses what the cluster has only one of
	data    bool // whether it needs a data SVM although it is about the cluster
	stands  bool // whether its first words in parentheses are what every cluster has
}

// leases returns how many SVMs a step needs.
func (p *phrase) leases(step *messages.PickleStep) int {
	if p.needs >= 0 {
		return p.needs
	}
	n, _ := strconv.Atoi(p.pattern.FindStringSubmatch(step.Text)[1]) // digits, by the pattern
	return n
}

// cost estimates the requests of a step, its share of the clean-up included.
// It only steers the schedule.
func (p *phrase) cost(step *messages.PickleStep) int {
	first := 0
	if m := p.pattern.FindStringSubmatch(step.Text); len(m) > 1 {
		first, _ = strconv.Atoi(m[1]) // 0 when it is no number
	}
	switch {
	case strings.Contains(step.Text, "in pages of"):
		return 3 * len(split(step.Text))
	case p.keyword == messages.PickleStepType_CONTEXT && strings.Contains(step.Text, "exist"):
		return 2 * max(1, first)
	case p.keyword == messages.PickleStepType_ACTION && strings.Contains(step.Text, "creates"):
		return 2
	case p.keyword == messages.PickleStepType_OUTCOME && p.needs == 0:
		return 0
	}
	return 1
}

func phrases(keyword messages.PickleStepType, list ...phrase) []phrase {
	for i := range list {
		list[i].keyword = keyword
	}
	return list
}

// on is a phrase that works on an object of the scenario's own.
func on(pattern string, do func(*world) any) phrase {
	return phrase{pattern: regexp.MustCompile("^" + pattern + "$"), do: do, needs: 1, writes: true}
}

// alone is a phrase that uses what the cluster has only one of: nothing else that
// does so runs at the same time, and nothing does unless the mode is full.
func alone(pattern string, do func(*world) any) phrase {
	p := on(pattern, do)
	p.cluster = true
	return p
}

// onData is alone for what is about the cluster and needs a data SVM as well.
func onData(pattern string, do func(*world) any) phrase {
	p := alone(pattern, do)
	p.data = true
	return p
}

// about is a phrase that needs no SVM: it reads, asks for what is not there, or
// looks at an answer.
func about(pattern string, do func(*world) any) phrase {
	return phrase{pattern: regexp.MustCompile("^" + pattern + "$"), do: do}
}

// standingPhrase is about for what every cluster has, which stands in the first
// parentheses of the pattern.
func standingPhrase(pattern string, do func(*world) any) phrase {
	p := about(pattern, do)
	p.stands = true
	return p
}

// vocabulary is every phrase: the dictionary that authors of features read. It
// is filled by init because the phrases lead to steps that look phrases up.
var vocabulary []phrase

func init() { vocabulary = slices.Concat(givens(), whens(), thens()) }

// givens are the states in which a scenario begins.
func givens() []phrase {
	return phrases(messages.PickleStepType_CONTEXT,
		on(aNew+` exists`, func(w *world) any { return w.objectExists }),
		on(aNew+` exists with:`, func(w *world) any { return w.objectExistsWith }),
		on(aNew+` exists with a certificate`, func(w *world) any { return w.objectExistsWithCertificate }),
		on(inactive+` exists`, func(w *world) any { return w.inactiveObjectExists }),
		phrase{pattern: regexp.MustCompile(`^(\d+) (` + plurals + `) exist with:$`), do: func(w *world) any { return w.objectsExistWith }, needs: -1, writes: true},
		on(`(\d+) inactive (`+plurals+`) exist on one SVM`, func(w *world) any { return w.inactiveObjectsExist }),
		on(aNew+` exists with the key servers "([^"]*)"`, func(w *world) any { return w.existsWithServers }),
		on(`the authentication key "([^"]*)" of `+theObject+` exists`, func(w *world) any { return w.authKeyExists }),
		on(theObject+` was read`, func(w *world) any { return w.objectWasRead }),
		standingPhrase(`the `+standingMany+` were listed`, func(w *world) any { return w.standingWereListed }),
		on(theObject+` was changed:`, func(w *world) any { return w.objectWasChanged }),
		on(theObject+` was deleted`, func(w *world) any { return w.objectWasDeleted }),
		on(`the lab arranged "([^"]*)"`, func(w *world) any { return w.labArranged }),
		on(`the lab arranged "([^"]*)" for `+theObject, func(w *world) any { return w.labArrangedFor }),
		on(`the passphrase of `+theObject+` was changed`, func(w *world) any { return w.passphraseWasChanged }),
		on(`a change of `+theObject+` was refused:`, func(w *world) any { return w.passphraseWasRefused }),
		on(`the keys of `+theObject+` were restored`, func(w *world) any { return w.keysWereRestored }),
	)
}

// whens are the acts.
func whens() []phrase {
	return phrases(messages.PickleStepType_ACTION,
		on(`the operator creates `+aNew, func(w *world) any { return w.creates }),
		on(`the operator creates `+aNew+` with a certificate`, func(w *world) any { return w.createsWithCertificate }),
		on(`the operator creates `+aNew+` with:`, func(w *world) any { return w.createsWith }),
		on(`the operator creates `+aNew+` without "([^"]*)"`, func(w *world) any { return w.createsWithout }),
		on(`the operator creates `+aNew+` and asks for the record`, func(w *world) any { return w.createsReturning }),
		on(`the operator creates `+aNew+` for the uuid of the SVM`, func(w *world) any { return w.createsForUUID }),
		on(`the operator creates `+aNew+` and waits up to "([^"]*)" seconds`, func(w *world) any { return w.createsWaiting }),
		on(`the operator creates `+inactive, func(w *world) any { return w.createsInactive }),
		on(`the operator creates `+inactive+` with:`, func(w *world) any { return w.createsInactiveWith }),
		on(`the operator creates `+aNew+` for an SVM that does not exist`, func(w *world) any { return w.createsForUnknownSVM }),
		alone(`the operator creates `+aNew+` without an SVM`, func(w *world) any { return w.createsWithoutSVM }),
		alone(`the operator creates `+aNew+` for the admin SVM`, func(w *world) any { return w.createsForAdminSVM }),
		onData(`the operator creates `+aNew+` for a data SVM`, func(w *world) any { return w.createsForDataSVM }),
		on(`the operator creates `+aNew+` with the key servers "([^"]*)"`, func(w *world) any { return w.createsWithServers }),
		on(`the operator adds the key server "([^"]*)" to `+theObject, func(w *world) any { return w.addsServer }),
		on(`the operator adds the key server "([^"]*)" to `+theObject+` with:`, func(w *world) any { return w.addsServerWith }),
		on(`the operator adds the key servers "([^"]*)" to `+theObject, func(w *world) any { return w.addsServers }),
		on(`the operator lists the (key servers|authentication keys) of `+theObject, func(w *world) any { return w.listsParts }),
		on(`the operator lists the (key servers|authentication keys) of `+theObject+` with:`, func(w *world) any { return w.listsPartsWith }),
		on(`the operator reads a key server that `+theObject+` does not have`, func(w *world) any { return w.readsNoServer }),
		on(`the operator changes a key server that `+theObject+` does not have`, func(w *world) any { return w.changesNoServer }),
		on(`the operator removes a key server that `+theObject+` does not have`, func(w *world) any { return w.removesNoServer }),
		on(`the operator migrates the keys of `+theObject+` to `+theObject, func(w *world) any { return w.migrates }),
		on(`the operator migrates the keys of `+theObject+` to a key manager that does not exist`, func(w *world) any { return w.migratesToNobody }),
		on(`the operator restores the keys of `+theObject+` from the key server "([^"]*)"`, func(w *world) any { return w.restoresFrom }),
		on(`the operator creates the authentication key "([^"]*)" of `+theObject, func(w *world) any { return w.createsAuthKey }),
		on(`the operator creates the authentication key "([^"]*)" of `+theObject+` with:`, func(w *world) any { return w.createsAuthKeyWith }),
		on(`the operator lists the keys that a node has of `+theObject, func(w *world) any { return w.listsKeys }),
		on(`the operator reads a key that a node has of `+theObject, func(w *world) any { return w.readsListedKey }),
		about(`the operator lists the keys that a node has of a key manager that does not exist`, func(w *world) any { return w.listsKeysOfNobody }),
		on(`the operator reads `+theObject, func(w *world) any { return w.reads }),
		on(`the operator reads "([^"]*)" of `+theObject, func(w *world) any { return w.readsFields }),
		on(`the operator follows the Location of `+theObject, func(w *world) any { return w.followsLocation }),
		about(`the operator reads `+unknown, func(w *world) any { return w.readsUnknown }),
		about(`the operator lists the (`+plurals+`) with:`, func(w *world) any { return w.listsWith }),
		on(`the operator lists these (`+plurals+`) with:`, func(w *world) any { return w.listsTheseWith }),
		on(`the operator lists these (`+plurals+`) in pages of "([^"]*)"`, func(w *world) any { return w.listsInPages }),
		on(`the operator lists these (`+plurals+`) by "([^"]*)" in pages of "([^"]*)"`, func(w *world) any { return w.listsSortedInPages }),
		on(`the operator tries these filters of the (`+plurals+`):`, func(w *world) any { return w.triesFilters }),
		on(`the operator filters the (`+plurals+`) by:`, func(w *world) any { return w.filters }),
		on(`the operator changes `+theObject+`:`, func(w *world) any { return w.changes }),
		on(`the operator makes the same change of `+theObject+` again`, func(w *world) any { return w.changesAgain }),
		on(`the operator gives `+theObject+` new credentials`, func(w *world) any { return w.givesCredentials }),
		on(`the operator gives `+theObject+` new credentials and waits up to "([^"]*)" seconds`, func(w *world) any { return w.givesCredentialsWaiting }),
		on(`the operator gives `+theObject+` a new certificate`, func(w *world) any { return w.givesCertificate }),
		phrase{pattern: regexp.MustCompile(`^the operator changes ` + unknown + `$`), do: func(w *world) any { return w.changesUnknown }, writes: true},
		on(`the operator deletes `+theObject, func(w *world) any { return w.deletes }),
		phrase{pattern: regexp.MustCompile(`^the operator deletes ` + unknown + `$`), do: func(w *world) any { return w.deletesUnknown }, writes: true},
		phrase{pattern: regexp.MustCompile(`^the operator (rekeys the internal key|rekeys the external key|restores the keys) of ` + unknown + `$`), do: func(w *world) any { return w.actsOnUnknown }, writes: true},
		on(`the operator (rekeys the internal key|rekeys the external key|restores the keys) of `+theObject, func(w *world) any { return w.acts }),
		on(`the operator (rekeys the internal key|restores the keys) of `+theObject+` and waits up to "([^"]*)" seconds`, func(w *world) any { return w.actsWaiting }),
		on(`the operator rekeys the external key of `+theObject+` without a key`, func(w *world) any { return w.rekeysWithoutKey }),
		alone(`the operator changes the (`+plurals+`) "([^"]*)" together:`, func(w *world) any { return w.changesTogether }),
		alone(`the operator deletes the (`+plurals+`) "([^"]*)" together`, func(w *world) any { return w.deletesTogether }),
		alone(`the operator changes these (`+plurals+`) in one call:`, func(w *world) any { return w.changesRecords }),
		alone(`the operator deletes the (`+plurals+`) "([^"]*)" in one call`, func(w *world) any { return w.deletesRecords }),
		about(`the operator reads the cluster`, func(w *world) any { return w.readsCluster }),
		about(`the operator reads "([^"]*)" of the cluster`, func(w *world) any { return w.readsOfCluster }),
		standingPhrase(`the operator lists the `+standingMany, func(w *world) any { return w.listsStanding }),
		standingPhrase(`the operator lists the `+standingMany+` in pages of "([^"]*)"`, func(w *world) any { return w.listsStandingInPages }),
		standingPhrase(`the operator lists the `+standingMany+` that have the name of the first`, func(w *world) any { return w.listsStandingByName }),
		standingPhrase(`the operator reads the first of the `+standingMany, func(w *world) any { return w.readsFirstStanding }),
		standingPhrase(`the operator reads a `+standingOne+` that does not exist`, func(w *world) any { return w.readsUnknownStanding }),
		about(`the operator reads a job that does not exist`, func(w *world) any { return w.readsUnknownJob }),
		on(`the operator reads the job again`, func(w *world) any { return w.readsJobAgain }),
		on(`the operator lists the job by its uuid`, func(w *world) any { return w.listsJob }),
		on(`the operator restores the keys of `+theObject+` and (pauses|resumes|cancels) the job at once`, func(w *world) any { return w.restoresAndSteers }),
		on(`the operator tries these filters of the job:`, func(w *world) any { return w.filtersJob }),
		on(`the operator lists the jobs of the scenario by "([^"]*)"`, func(w *world) any { return w.listsJobsSorted }),
		about(`the operator reads a job by "([^"]*)"`, func(w *world) any { return w.readsMalformedJob }),
		on(`the operator (pauses|resumes|cancels) the job that has ended`, func(w *world) any { return w.steersJob }),
		phrase{pattern: regexp.MustCompile(`^the operator (cancels|deletes) a job that does not exist$`), do: func(w *world) any { return w.writesUnknownJob }, writes: true},
		phrase{pattern: regexp.MustCompile(`^the operator creates a job$`), do: func(w *world) any { return w.createsJob }, writes: true},
		about(`the client sends (GET|HEAD|OPTIONS) "([^"]*)"`, func(w *world) any { return w.sends }),
		about(`the client sends (GET|HEAD|OPTIONS) "([^"]*)" accepting "([^"]*)"`, func(w *world) any { return w.sendsAccepting }),
		about(`the client sends (GET|HEAD) "([^"]*)" with a body`, func(w *world) any { return w.sendsWithBody }),
		about(`the client sends (GET) "([^"]*)" with the header "([^"]*)"`, func(w *world) any { return w.sendsWithHeader }),
		about(`the client sends (GET) "([^"]*)" (without|with wrong) credentials`, func(w *world) any { return w.sendsAs }),
		about(`the client sends HEAD to `+unknown, func(w *world) any { return w.sendsHeadToUnknown }),
		on(`the client sends (GET|PATCH|DELETE) to `+theObject+` without credentials`, func(w *world) any { return w.sendsAsStranger }),
		on(`the client restores the keys of `+theObject+` without credentials`, func(w *world) any { return w.restoresAsStranger }),
		on(`the client creates `+aNew+` without credentials`, func(w *world) any { return w.createsAsStranger }),
		on(`the client sends (GET|HEAD|OPTIONS|POST|PUT) to `+theObject, func(w *world) any { return w.sendsTo }),
		on(`the client creates `+aNew+` with the body:`, func(w *world) any { return w.createsWithText }),
		on(`the client changes `+theObject+` with the body:`, func(w *world) any { return w.changesWithBody }),
		on(`the client creates `+aNew+` with "([^"]*)" in the query`, func(w *world) any { return w.createsWithQuery }),
		on(`the client creates `+aNew+` by tunneling to its SVM`, func(w *world) any { return w.createsTunneling }),
		phrase{pattern: regexp.MustCompile(`^the client creates ` + aNew + ` for one SVM by tunneling to another$`), do: func(w *world) any { return w.createsTunnelingElsewhere }, needs: 2, writes: true},
		on(`the client lists the (`+plurals+`) by tunneling to the SVM of `+theObject, func(w *world) any { return w.listsTunneling }),
		on(`the client lists the (`+plurals+`) by tunneling to the uuid of the SVM of `+theObject, func(w *world) any { return w.listsTunnelingByUUID }),
		on(`the client sends (GET|PATCH) to `+theObject+` with "([^"]*)" in the query`, func(w *world) any { return w.sendsWithQuery }),
		on(`the client asks once for the (`+plurals+`) of its SVM`, func(w *world) any { return w.asksOnce }),
		on(`the client reads `+theObject+` with a slash at the end of the path`, func(w *world) any { return w.readsWithSlash }),
		on(`the client creates `+aNew+` with dotted names`, func(w *world) any { return w.createsDotted }),
	)
}

// thens are what can be observed.
func thens() []phrase {
	return phrases(messages.PickleStepType_OUTCOME,
		about(`the request succeeds`, func(w *world) any { return w.succeeds }),
		about(`the request is refused`, func(w *world) any { return w.refused }),
		about(`the request is refused with a status of the 400s`, func(w *world) any { return w.refusedByClientError }),
		about(`the request is refused with the status "([^"]*)"`, func(w *world) any { return w.refusedWithStatus }),
		about(`the request is refused with the status "([^"]*)", or with "([^"]*)" and the code "([^"]*)"`, func(w *world) any { return w.refusedWithStatusOrCode }),
		about(`the request is refused with code "([^"]*)"`, func(w *world) any { return w.refusedWithCode }),
		about(`the refusal has one of the codes "([^"]*)"`, func(w *world) any { return w.refusalHasCode }),
		about(`the request succeeds or is refused with code "([^"]*)"`, func(w *world) any { return w.succeedsOrRefused }),
		about(`the request is answered with the status "([^"]*)"`, func(w *world) any { return w.answeredWith }),
		about(`a GET of the same is answered with the same status`, func(w *world) any { return w.getAnswersTheSame }),
		on(theObject+` has:`, func(w *world) any { return w.objectHas }),
		on(theObject+` shows what was sent:`, func(w *world) any { return w.objectShowsSent }),
		on(theObject+` shows what the change sent:`, func(w *world) any { return w.objectShowsChange }),
		on(theObject+` has the key servers "([^"]*)"`, func(w *world) any { return w.hasServers }),
		on(theObject+` has the key servers "([^"]*)", if the request was refused`, func(w *world) any { return w.refusalLeftServers }),
		on(theObject+` shows the key servers "([^"]*)"`, func(w *world) any { return w.showsServers }),
		on(theObject+` is as it was`, func(w *world) any { return w.objectIsAsItWas }),
		on(theObject+` is as it was but for "([^"]*)"`, func(w *world) any { return w.objectIsAsItWasBut }),
		on(theObject+` did not take the "([^"]*)" that was sent`, func(w *world) any { return w.objectDidNotTake }),
		on(`the request left `+theObject+` as it was, if it was refused`, func(w *world) any { return w.refusalLeftObject }),
		on(theObject+` can no longer be read`, func(w *world) any { return w.objectCannotBeRead }),
		on(theObject+` is not listed`, func(w *world) any { return w.objectIsNotListed }),
		on(`the SVM has no (`+nouns+`)`, func(w *world) any { return w.svmHasNo }),
		about(`the answer has "([^"]*)"`, func(w *world) any { return w.answerHas }),
		about(`the answer does not have "([^"]*)"`, func(w *world) any { return w.answerDoesNotHave }),
		on(`the answer is `+theObject, func(w *world) any { return w.answerIsObject }),
		on(`the answer is what a reading of `+theObject+` shows`, func(w *world) any { return w.answerIsReading }),
		on(`the answer is the record of `+theObject+` with the fields of a reading`, func(w *world) any { return w.answerHasFieldsOfReading }),
		on(`the answer shows what was sent for `+theObject+`:`, func(w *world) any { return w.answerShowsSent }),
		about(`the answer asks to try again`, func(w *world) any { return w.asksToTryAgain }),
		about(`the answer says why`, func(w *world) any { return w.saysWhy }),
		about(`the answer allows "([^"]*)"`, func(w *world) any { return w.answerAllows }),
		on(`the (`+plurals+`) "([^"]*)" are listed`, func(w *world) any { return w.areListed }),
		on(`the (`+plurals+`) "([^"]*)" are listed in this order`, func(w *world) any { return w.areListedInOrder }),
		on(`each filter lists what stands beside it`, func(w *world) any { return w.eachFilterLists }),
		on(`every page size gives every (`+nouns+`) once`, func(w *world) any { return w.everyPageSizeGivesAll }),
		on(`every page size gives the (`+plurals+`) "([^"]*)" in this order`, func(w *world) any { return w.everyPageSizeGivesInOrder }),
		on(`the listed (`+plurals+`) have "([^"]*)"`, func(w *world) any { return w.listedHave }),
		about(`each of the `+standingMany+` has "([^"]*)"`, func(w *world) any { return w.eachStandingHas }),
		about(`the answer is the first of the `+standingMany, func(w *world) any { return w.answerIsFirstStanding }),
		about(`the first of the `+standingMany+` is listed alone`, func(w *world) any { return w.firstIsListedAlone }),
		about(`every page size gives each of the `+standingMany+` once`, func(w *world) any { return w.everyPageSizeGivesStanding }),
		about(`the admin SVM is not among them`, func(w *world) any { return w.adminIsNotListed }),
		about(`the answer counts "(\d+)" records`, func(w *world) any { return w.countsWhatItDid }),
		about(`the count is "(\d+)" and no record is there`, func(w *world) any { return w.countOnly }),
		about(`the failure shows in the job, unless the call itself was refused`, func(w *world) any { return w.failureShowsInJob }),
		about(`the job is still in the state in which it ended`, func(w *world) any { return w.jobStays }),
		on(`a reading of the job shows the state in which it ended`, func(w *world) any { return w.jobReadsAsItEnded }),
		about(`the job took it, or refused it with a code of its own`, func(w *world) any { return w.jobTookIt }),
		about(`the jobs of the scenario are listed in (rising|falling) order`, func(w *world) any { return w.jobsAreListed }),
		about(`the job is listed once`, func(w *world) any { return w.jobIsListed }),
		about(`the code "([^"]*)" is in the refusal or in "([^"]*)"`, func(w *world) any { return w.codeIsShown }),
	)
}

// register gives godog the phrases of the scenario, bound to w. godog tries
// every phrase on every step, twice, so that the others would only cost time.
func (w *world) register(sc *godog.ScenarioContext) {
	for _, p := range w.scenario.phrases {
		switch p.keyword {
		case messages.PickleStepType_CONTEXT:
			sc.Given(p.pattern, p.do(w))
		case messages.PickleStepType_ACTION:
			sc.When(p.pattern, p.do(w))
		case messages.PickleStepType_OUTCOME:
			sc.Then(p.pattern, p.do(w))
		}
	}
}

// given runs the arrangement of a Given: it must succeed, or the scenario has
// shown nothing. What the target did wrong there is no verdict.
func given(what string, err error) error {
	if err == nil || errors.Is(err, godog.ErrSkip) {
		return err
	}
	if mayPass(err) {
		return fmt.Errorf("arranging %s: %w", what, err)
	}
	return fmt.Errorf("arranging %s: %v", what, err) // not %w
}
