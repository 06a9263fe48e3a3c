package steps

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"ontap-conformance/fixtures/oracle"
)

// A phrase is one step that a feature may use.
type phrase struct {
	keyword messages.PickleStepType
	pattern *regexp.Regexp
	do      any // the function of the step: what godog passes, and a *world first or right after the context
	needs   int // SVMs that the scenario needs for itself; -1 means the first number in the step
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
func on(pattern string, do any) phrase {
	return phrase{pattern: regexp.MustCompile("^" + pattern + "$"), do: do, needs: 1, writes: true}
}

// alone is a phrase that uses what the cluster has only one of: nothing else that
// does so runs at the same time, and nothing does unless the mode is full.
func alone(pattern string, do any) phrase {
	p := on(pattern, do)
	p.cluster = true
	return p
}

// onData is alone for what is about the cluster and needs a data SVM as well.
func onData(pattern string, do any) phrase {
	p := alone(pattern, do)
	p.data = true
	return p
}

// about is a phrase that needs no SVM: it reads, asks for what is not there, or
// looks at an answer.
func about(pattern string, do any) phrase {
	return phrase{pattern: regexp.MustCompile("^" + pattern + "$"), do: do}
}

// standingPhrase is about for what every cluster has, which stands in the first
// parentheses of the pattern.
func standingPhrase(pattern string, do any) phrase {
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
		on(aNew+` exists`, objectExists),
		on(aNew+` exists with:`, objectExistsWith),
		on(aNew+` exists with a certificate`, objectExistsWithCertificate),
		on(inactive+` exists`, inactiveObjectExists),
		phrase{pattern: regexp.MustCompile(`^(\d+) (` + plurals + `) exist with:$`), do: objectsExistWith, needs: -1, writes: true},
		on(`(\d+) inactive (`+plurals+`) exist on one SVM`, inactiveObjectsExist),
		on(aNew+` exists with the key servers "([^"]*)"`, existsWithServers),
		on(`the authentication key "([^"]*)" of `+theObject+` exists`, authKeyExists),
		on(theObject+` was read`, objectWasRead),
		standingPhrase(`the `+standingMany+` were listed`, standingWereListed),
		on(theObject+` was changed:`, objectWasChanged),
		on(theObject+` was deleted`, objectWasDeleted),
		on(`the lab arranged "([^"]*)"`, labArranged),
		on(`the lab arranged "([^"]*)" for `+theObject, labArrangedFor),
		on(`the passphrase of `+theObject+` was changed`, passphraseWasChanged),
		on(`a change of `+theObject+` was refused:`, passphraseWasRefused),
		on(`the keys of `+theObject+` were restored`, keysWereRestored),
	)
}

// whens are the acts.
func whens() []phrase {
	return phrases(messages.PickleStepType_ACTION,
		on(`the operator creates `+aNew, creates),
		on(`the operator creates `+aNew+` with a certificate`, createsWithCertificate),
		on(`the operator creates `+aNew+` with:`, createsWith),
		on(`the operator creates `+aNew+` without "([^"]*)"`, createsWithout),
		on(`the operator creates `+aNew+` and asks for the record`, createsReturning),
		on(`the operator creates `+aNew+` for the uuid of the SVM`, createsForUUID),
		on(`the operator creates `+aNew+` and waits up to "([^"]*)" seconds`, createsWaiting),
		on(`the operator creates `+inactive, createsInactive),
		on(`the operator creates `+inactive+` with:`, createsInactiveWith),
		on(`the operator creates `+aNew+` for an SVM that does not exist`, createsForUnknownSVM),
		alone(`the operator creates `+aNew+` without an SVM`, createsWithoutSVM),
		alone(`the operator creates `+aNew+` for the admin SVM`, createsForAdminSVM),
		onData(`the operator creates `+aNew+` for a data SVM`, createsForDataSVM),
		on(`the operator creates `+aNew+` with the key servers "([^"]*)"`, createsWithServers),
		on(`the operator adds the key server "([^"]*)" to `+theObject, addsServer),
		on(`the operator adds the key server "([^"]*)" to `+theObject+` with:`, addsServerWith),
		on(`the operator adds the key servers "([^"]*)" to `+theObject, addsServers),
		on(`the operator lists the (key servers|authentication keys) of `+theObject, listsParts),
		on(`the operator lists the (key servers|authentication keys) of `+theObject+` with:`, listsPartsWith),
		on(`the operator reads a key server that `+theObject+` does not have`, readsNoServer),
		on(`the operator changes a key server that `+theObject+` does not have`, changesNoServer),
		on(`the operator removes a key server that `+theObject+` does not have`, removesNoServer),
		on(`the operator migrates the keys of `+theObject+` to `+theObject, migrates),
		on(`the operator migrates the keys of `+theObject+` to a key manager that does not exist`, migratesToNobody),
		on(`the operator restores the keys of `+theObject+` from the key server "([^"]*)"`, restoresFrom),
		on(`the operator creates the authentication key "([^"]*)" of `+theObject, createsAuthKey),
		on(`the operator creates the authentication key "([^"]*)" of `+theObject+` with:`, createsAuthKeyWith),
		on(`the operator lists the keys that a node has of `+theObject, listsKeys),
		on(`the operator reads a key that a node has of `+theObject, readsListedKey),
		about(`the operator lists the keys that a node has of a key manager that does not exist`, listsKeysOfNobody),
		on(`the operator reads `+theObject, readsObject),
		on(`the operator reads "([^"]*)" of `+theObject, readsFields),
		on(`the operator follows the Location of `+theObject, followsLocation),
		about(`the operator reads `+unknown, readsUnknown),
		about(`the operator lists the (`+plurals+`) with:`, listsWith),
		on(`the operator lists these (`+plurals+`) with:`, listsTheseWith),
		on(`the operator lists these (`+plurals+`) in pages of "([^"]*)"`, listsInPages),
		on(`the operator lists these (`+plurals+`) by "([^"]*)" in pages of "([^"]*)"`, listsSortedInPages),
		on(`the operator tries these filters of the (`+plurals+`):`, triesFilters),
		on(`the operator filters the (`+plurals+`) by:`, filters),
		on(`the operator changes `+theObject+`:`, changesObject),
		on(`the operator makes the same change of `+theObject+` again`, changesAgain),
		on(`the operator gives `+theObject+` new credentials`, givesCredentials),
		on(`the operator gives `+theObject+` new credentials and waits up to "([^"]*)" seconds`, givesCredentialsWaiting),
		on(`the operator gives `+theObject+` a new certificate`, givesCertificate),
		phrase{pattern: regexp.MustCompile(`^the operator changes ` + unknown + `$`), do: changesUnknown, writes: true},
		on(`the operator deletes `+theObject, deletes),
		phrase{pattern: regexp.MustCompile(`^the operator deletes ` + unknown + `$`), do: deletesUnknown, writes: true},
		phrase{pattern: regexp.MustCompile(`^the operator (rekeys the internal key|rekeys the external key|restores the keys) of ` + unknown + `$`), do: actsOnUnknown, writes: true},
		on(`the operator (rekeys the internal key|rekeys the external key|restores the keys) of `+theObject, acts),
		on(`the operator (rekeys the internal key|restores the keys) of `+theObject+` and waits up to "([^"]*)" seconds`, actsWaiting),
		on(`the operator rekeys the external key of `+theObject+` without a key`, rekeysWithoutKey),
		alone(`the operator changes the (`+plurals+`) "([^"]*)" together:`, changesInBulk),
		alone(`the operator deletes the (`+plurals+`) "([^"]*)" together`, deletesInBulk),
		alone(`the operator changes these (`+plurals+`) in one call:`, changesRecords),
		alone(`the operator deletes the (`+plurals+`) "([^"]*)" in one call`, deletesRecords),
		about(`the operator reads the cluster`, readsCluster),
		about(`the operator reads "([^"]*)" of the cluster`, readsOfCluster),
		standingPhrase(`the operator lists the `+standingMany, listsStanding),
		standingPhrase(`the operator lists the `+standingMany+` in pages of "([^"]*)"`, listsStandingInPages),
		standingPhrase(`the operator lists the `+standingMany+` that have the name of the first`, listsStandingByName),
		standingPhrase(`the operator reads the first of the `+standingMany, readsFirstStanding),
		standingPhrase(`the operator reads a `+standingOne+` that does not exist`, readsUnknownStanding),
		about(`the operator reads a job that does not exist`, readsUnknownJob),
		on(`the operator reads the job again`, readsJobAgain),
		on(`the operator lists the job by its uuid`, listsJob),
		on(`the operator restores the keys of `+theObject+` and (pauses|resumes|cancels) the job at once`, restoresAndSteers),
		on(`the operator tries these filters of the job:`, filtersJob),
		on(`the operator lists the jobs of the scenario by "([^"]*)"`, listsJobsSorted),
		about(`the operator reads a job by "([^"]*)"`, readsMalformedJob),
		on(`the operator (pauses|resumes|cancels) the job that has ended`, steersJob),
		phrase{pattern: regexp.MustCompile(`^the operator (cancels|deletes) a job that does not exist$`), do: writesUnknownJob, writes: true},
		phrase{pattern: regexp.MustCompile(`^the operator creates a job$`), do: createsJob, writes: true},
		about(`the client sends (GET|HEAD|OPTIONS) "([^"]*)"`, sends),
		about(`the client sends (GET|HEAD|OPTIONS) "([^"]*)" accepting "([^"]*)"`, sendsAccepting),
		about(`the client sends (GET|HEAD) "([^"]*)" with a body`, sendsWithBody),
		about(`the client sends (GET) "([^"]*)" with the header "([^"]*)"`, sendsWithHeader),
		about(`the client sends (GET) "([^"]*)" (without|with wrong) credentials`, sendsAs),
		about(`the client sends HEAD to `+unknown, sendsHeadToUnknown),
		on(`the client sends (GET|PATCH|DELETE) to `+theObject+` without credentials`, sendsAsStranger),
		on(`the client restores the keys of `+theObject+` without credentials`, restoresAsStranger),
		on(`the client creates `+aNew+` without credentials`, createsAsStranger),
		on(`the client sends (GET|HEAD|OPTIONS|POST|PUT) to `+theObject, sendsTo),
		on(`the client creates `+aNew+` with the body:`, createsWithText),
		on(`the client changes `+theObject+` with the body:`, changesWithBody),
		on(`the client creates `+aNew+` with "([^"]*)" in the query`, createsWithQuery),
		on(`the client creates `+aNew+` by tunneling to its SVM`, createsTunneling),
		phrase{pattern: regexp.MustCompile(`^the client creates ` + aNew + ` for one SVM by tunneling to another$`), do: createsTunnelingElsewhere, needs: 2, writes: true},
		on(`the client lists the (`+plurals+`) by tunneling to the SVM of `+theObject, listsTunneling),
		on(`the client lists the (`+plurals+`) by tunneling to the uuid of the SVM of `+theObject, listsTunnelingByUUID),
		on(`the client sends (GET|PATCH) to `+theObject+` with "([^"]*)" in the query`, sendsWithQuery),
		on(`the client asks once for the (`+plurals+`) of its SVM`, asksOnce),
		on(`the client reads `+theObject+` with a slash at the end of the path`, readsWithSlash),
		on(`the client creates `+aNew+` with dotted names`, createsDotted),
	)
}

// thens are what can be observed.
func thens() []phrase {
	return phrases(messages.PickleStepType_OUTCOME,
		about(`the request succeeds`, succeeds),
		about(`the request is refused`, refused),
		about(`the request is refused with a status of the 400s`, refusedByClientError),
		about(`the request is refused with the status "([^"]*)"`, refusedWithStatus),
		about(`the request is refused with the status "([^"]*)", or with "([^"]*)" and the code "([^"]*)"`, refusedWithStatusOrCode),
		about(`the request is refused with code "([^"]*)"`, refusedWithCode),
		about(`the refusal has one of the codes "([^"]*)"`, refusalHasCode),
		about(`the request succeeds or is refused with code "([^"]*)"`, succeedsOrRefused),
		about(`the request is answered with the status "([^"]*)"`, answeredWith),
		about(`a GET of the same is answered with the same status`, getAnswersTheSame),
		on(theObject+` has:`, objectHas),
		on(theObject+` shows what was sent:`, objectShowsSent),
		on(theObject+` shows what the change sent:`, objectShowsChange),
		on(theObject+` has the key servers "([^"]*)"`, hasServers),
		on(theObject+` has the key servers "([^"]*)", if the request was refused`, refusalLeftServers),
		on(theObject+` shows the key servers "([^"]*)"`, showsServers),
		on(theObject+` is as it was`, objectIsAsItWas),
		on(theObject+` is as it was but for "([^"]*)"`, objectIsAsItWasBut),
		on(theObject+` did not take the "([^"]*)" that was sent`, objectDidNotTake),
		on(`the request left `+theObject+` as it was, if it was refused`, refusalLeftObject),
		on(theObject+` can no longer be read`, objectCannotBeRead),
		on(theObject+` is not listed`, objectIsNotListed),
		on(`the SVM has no (`+nouns+`)`, svmHasNo),
		about(`the answer has "([^"]*)"`, answerHas),
		about(`the answer does not have "([^"]*)"`, answerDoesNotHave),
		on(`the answer is `+theObject, answerIsObject),
		on(`the answer is what a reading of `+theObject+` shows`, answerIsReading),
		on(`the answer is the record of `+theObject+` with the fields of a reading`, answerHasFieldsOfReading),
		on(`the answer shows what was sent for `+theObject+`:`, answerShowsSent),
		about(`the answer asks to try again`, asksToTryAgain),
		about(`the answer says why`, saysWhy),
		about(`the answer allows "([^"]*)"`, answerAllows),
		on(`the (`+plurals+`) "([^"]*)" are listed`, areListed),
		on(`the (`+plurals+`) "([^"]*)" are listed in this order`, areListedInOrder),
		on(`each filter lists what stands beside it`, eachFilterLists),
		on(`every page size gives every (`+nouns+`) once`, everyPageSizeGivesAll),
		on(`every page size gives the (`+plurals+`) "([^"]*)" in this order`, everyPageSizeGivesInOrder),
		on(`the listed (`+plurals+`) have "([^"]*)"`, listedHave),
		about(`each of the `+standingMany+` has "([^"]*)"`, eachStandingHas),
		about(`the answer is the first of the `+standingMany, answerIsFirstStanding),
		about(`the first of the `+standingMany+` is listed alone`, firstIsListedAlone),
		about(`every page size gives each of the `+standingMany+` once`, everyPageSizeGivesStanding),
		about(`the admin SVM is not among them`, adminIsNotListed),
		about(`the answer counts "(\d+)" records`, countsWhatItDid),
		about(`the count is "(\d+)" and no record is there`, countOnly),
		about(`the failure shows in the job, unless the call itself was refused`, failureShowsInJob),
		about(`the job is still in the state in which it ended`, jobStays),
		on(`a reading of the job shows the state in which it ended`, jobReadsAsItEnded),
		about(`the job took it, or refused it with a code of its own`, jobTookIt),
		about(`the jobs of the scenario are listed in (rising|falling) order`, jobsAreListed),
		about(`the job is listed once`, jobIsListed),
		about(`the code "([^"]*)" is in the refusal or in "([^"]*)"`, codeIsShown),
	)
}

// register gives godog the phrases of the scenario, bound to w. godog tries
// every phrase on every step, twice, so that the others would only cost time.
func (w *world) register(sc *godog.ScenarioContext) {
	for _, p := range w.scenario.phrases {
		switch p.keyword {
		case messages.PickleStepType_CONTEXT:
			sc.Given(p.pattern, w.bind(p.do))
		case messages.PickleStepType_ACTION:
			sc.When(p.pattern, w.bind(p.do))
		case messages.PickleStepType_OUTCOME:
			sc.Then(p.pattern, w.bind(p.do))
		}
	}
}

// bind returns what godog calls for a step: f without its *world, which is w.
func (w *world) bind(f any) any {
	var in []reflect.Type
	of, at := reflect.TypeOf(f), 0
	for i := range of.NumIn() {
		if of.In(i) == reflect.TypeFor[*world]() {
			at = i
			continue
		}
		in = append(in, of.In(i))
	}
	call := reflect.ValueOf(f)
	return reflect.MakeFunc(reflect.FuncOf(in, []reflect.Type{of.Out(0)}, false), func(args []reflect.Value) []reflect.Value {
		return call.Call(slices.Insert(args, at, reflect.ValueOf(w)))
	}).Interface()
}

// given runs the arrangement of a Given: it must succeed, or the scenario has
// shown nothing. What the target did wrong there is no verdict.
func given(what string, err error) error {
	if skip := new(oracle.Skip); err == nil || errors.As(err, &skip) {
		return err
	}
	if mayPass(err) {
		return fmt.Errorf("arranging %s: %w", what, err)
	}
	return fmt.Errorf("arranging %s: %v", what, err) // not %w
}
