package steps

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"ontap-conformance/fixtures/contract"
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
	builtin bool // whether its first words in parentheses are what every cluster has
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

// aboutBuiltin is about for what every cluster has, which stands in the first
// parentheses of the pattern.
func aboutBuiltin(pattern string, do any) phrase {
	p := about(pattern, do)
	p.builtin = true
	return p
}

// A vocabulary is every phrase, for the objects of a catalogue: the dictionary that authors of
// features read.
type vocabulary struct {
	words
	phrases []phrase
}

// vocabularies are those that were asked for, by their catalogues.
var vocabularies sync.Map

// vocabularyOf returns the vocabulary for the objects of a catalogue.
func vocabularyOf(c *contract.Catalogue) *vocabulary {
	if known, found := vocabularies.Load(c); found {
		return known.(*vocabulary)
	}
	n := wordsOf(c)
	v := &vocabulary{n, slices.Concat(givens(n), whensCreating(n), whensOfParts(n), whensOfObjects(n), whensOfBuiltins(n), whensOfHTTP(n), thens(n), thensOfAnswers(n))}
	known, _ := vocabularies.LoadOrStore(c, v)
	return known.(*vocabulary)
}

// givens are the states in which a scenario begins.
func givens(n words) []phrase {
	return phrases(messages.PickleStepType_CONTEXT,
		on(n.aNew+` exists`, objectExists),
		on(n.aNew+` exists with:`, objectExistsWith),
		on(n.aNew+` exists with a certificate`, objectExistsWithCertificate),
		on(n.inactive+` exists`, inactiveObjectExists),
		phrase{pattern: regexp.MustCompile(`^(\d+) (` + n.plurals + `) exist with:$`), do: objectsExistWith, needs: -1, writes: true},
		on(`(\d+) inactive (`+n.plurals+`) exist on one SVM`, inactiveObjectsExist),
		on(n.aNew+` exists with the key servers "([^"]*)"`, existsWithServers),
		on(`the authentication key "([^"]*)" of `+n.theObject+` exists`, authKeyExists),
		on(n.theObject+` was read`, objectWasRead),
		aboutBuiltin(`the `+n.builtinMany+` were listed`, builtinsWereListed),
		on(n.theObject+` was changed:`, objectWasChanged),
		on(n.theObject+` was deleted`, objectWasDeleted),
		on(`the lab arranged "([^"]*)"`, labArranged),
		on(`the lab arranged "([^"]*)" for `+n.theObject, labArrangedFor),
		on(`the passphrase of `+n.theObject+` was changed`, passphraseWasChanged),
		on(`a change of `+n.theObject+` was refused:`, passphraseWasRefused),
		on(`the keys of `+n.theObject+` were restored`, keysWereRestored),
	)
}

// whensCreating ask for a new object.
func whensCreating(n words) []phrase {
	return phrases(messages.PickleStepType_ACTION,
		on(`the operator creates `+n.aNew, creates),
		on(`the operator creates `+n.aNew+` with a certificate`, createsWithCertificate),
		on(`the operator creates `+n.aNew+` with:`, createsWith),
		on(`the operator creates `+n.aNew+` without "([^"]*)"`, createsWithout),
		on(`the operator creates `+n.aNew+` and asks for the record`, createsReturning),
		on(`the operator creates `+n.aNew+` for the uuid of the SVM`, createsForUUID),
		on(`the operator creates `+n.aNew+` and waits up to "([^"]*)" seconds`, createsWaiting),
		on(`the operator creates `+n.inactive, createsInactive),
		on(`the operator creates `+n.inactive+` with:`, createsInactiveWith),
		on(`the operator creates `+n.aNew+` for an SVM that does not exist`, createsForUnknownSVM),
		alone(`the operator creates `+n.aNew+` without an SVM`, createsWithoutSVM),
		alone(`the operator creates `+n.aNew+` for the admin SVM`, createsForAdminSVM),
		onData(`the operator creates `+n.aNew+` for a data SVM`, createsForDataSVM),
		on(`the operator creates `+n.aNew+` with the key servers "([^"]*)"`, createsWithServers),
	)
}

// whensOfParts are about key servers and keys.
func whensOfParts(n words) []phrase {
	return phrases(messages.PickleStepType_ACTION,
		on(`the operator adds the key server "([^"]*)" to `+n.theObject, addsServer),
		on(`the operator adds the key server "([^"]*)" to `+n.theObject+` with:`, addsServerWith),
		on(`the operator adds the key servers "([^"]*)" to `+n.theObject, addsServers),
		on(`the operator lists the (key servers|authentication keys) of `+n.theObject, listsParts),
		on(`the operator lists the (key servers|authentication keys) of `+n.theObject+` with:`, listsPartsWith),
		on(`the operator reads a key server that `+n.theObject+` does not have`, readsNoServer),
		on(`the operator changes a key server that `+n.theObject+` does not have`, changesNoServer),
		on(`the operator removes a key server that `+n.theObject+` does not have`, removesNoServer),
		on(`the operator migrates the keys of `+n.theObject+` to `+n.theObject, migrates),
		on(`the operator migrates the keys of `+n.theObject+` to a key manager that does not exist`, migratesToNobody),
		on(`the operator restores the keys of `+n.theObject+` from the key server "([^"]*)"`, restoresFrom),
		on(`the operator creates the authentication key "([^"]*)" of `+n.theObject, createsAuthKey),
		on(`the operator creates the authentication key "([^"]*)" of `+n.theObject+` with:`, createsAuthKeyWith),
		on(`the operator lists the keys that a node has of `+n.theObject, listsKeys),
		on(`the operator reads a key that a node has of `+n.theObject, readsListedKey),
		about(`the operator lists the keys that a node has of a key manager that does not exist`, listsKeysOfNobody),
	)
}

// whensOfObjects read, change and delete objects.
func whensOfObjects(n words) []phrase {
	return phrases(messages.PickleStepType_ACTION,
		on(`the operator reads `+n.theObject, readsObject),
		on(`the operator reads "([^"]*)" of `+n.theObject, readsFields),
		on(`the operator follows the Location of `+n.theObject, followsLocation),
		about(`the operator reads `+n.unknown, readsUnknown),
		about(`the operator lists the (`+n.plurals+`) with:`, listsWith),
		on(`the operator lists these (`+n.plurals+`) with:`, listsTheseWith),
		on(`the operator lists these (`+n.plurals+`) in pages of "([^"]*)"`, listsInPages),
		on(`the operator lists these (`+n.plurals+`) by "([^"]*)" in pages of "([^"]*)"`, listsSortedInPages),
		on(`the operator tries these filters of the (`+n.plurals+`):`, triesFilters),
		on(`the operator filters the (`+n.plurals+`) by:`, filters),
		on(`the operator changes `+n.theObject+`:`, changesObject),
		on(`the operator makes the same change of `+n.theObject+` again`, changesAgain),
		on(`the operator gives `+n.theObject+` new credentials`, givesCredentials),
		on(`the operator gives `+n.theObject+` new credentials and waits up to "([^"]*)" seconds`, givesCredentialsWaiting),
		on(`the operator gives `+n.theObject+` a new certificate`, givesCertificate),
		phrase{pattern: regexp.MustCompile(`^the operator changes ` + n.unknown + `$`), do: changesUnknown, writes: true},
		on(`the operator deletes `+n.theObject, deletes),
		phrase{pattern: regexp.MustCompile(`^the operator deletes ` + n.unknown + `$`), do: deletesUnknown, writes: true},
		phrase{pattern: regexp.MustCompile(`^the operator (rekeys the internal key|rekeys the external key|restores the keys) of ` + n.unknown + `$`), do: actsOnUnknown, writes: true},
		on(`the operator (rekeys the internal key|rekeys the external key|restores the keys) of `+n.theObject, acts),
		on(`the operator (rekeys the internal key|restores the keys) of `+n.theObject+` and waits up to "([^"]*)" seconds`, actsWaiting),
		on(`the operator rekeys the external key of `+n.theObject+` without a key`, rekeysWithoutKey),
		on(`the operator rekeys the external key of `+n.theObject+` with:`, rekeysWith),
		alone(`the operator changes the (`+n.plurals+`) "([^"]*)" together:`, changesInBulk),
		alone(`the operator deletes the (`+n.plurals+`) "([^"]*)" together`, deletesInBulk),
		alone(`the operator changes these (`+n.plurals+`) in one call:`, changesRecords),
		alone(`the operator deletes the (`+n.plurals+`) "([^"]*)" in one call`, deletesRecords),
	)
}

// whensOfBuiltins are about what every cluster has, and about jobs.
func whensOfBuiltins(n words) []phrase {
	return phrases(messages.PickleStepType_ACTION,
		about(`the operator reads the cluster`, readsCluster),
		about(`the operator reads "([^"]*)" of the cluster`, readsOfCluster),
		on(`the operator lists the keystores of the SVM of `+n.theObject, listsKeystores),
		on(`the operator reads the configuration of `+n.theObject+` as a keystore`, readsConfiguration),
		aboutBuiltin(`the operator reads the `+n.settings, readsSettings),
		aboutBuiltin(`the operator reads the `+n.settings+` with "([^"]*)"`, readsOfSettings),
		aboutBuiltin(`the operator lists the `+n.builtinMany, listsBuiltin),
		aboutBuiltin(`the operator lists the `+n.builtinMany+` in pages of "([^"]*)"`, listsBuiltinInPages),
		aboutBuiltin(`the operator lists the `+n.builtinMany+` that have the name of the first`, listsBuiltinByName),
		aboutBuiltin(`the operator reads the first of the `+n.builtinMany, readsFirstBuiltin),
		aboutBuiltin(`the operator reads a `+n.builtinOne+` that does not exist`, readsUnknownBuiltin),
		about(`the operator reads a job that does not exist`, readsUnknownJob),
		on(`the operator reads the job again`, readsJobAgain),
		on(`the operator lists the job by its uuid`, listsJob),
		on(`the operator restores the keys of `+n.theObject+` and (pauses|resumes|cancels) the job at once`, restoresAndSteers),
		on(`the operator tries these filters of the job:`, filtersJob),
		on(`the operator lists the jobs of the scenario by "([^"]*)"`, listsJobsSorted),
		about(`the operator reads a job by "([^"]*)"`, readsMalformedJob),
		on(`the operator (pauses|resumes|cancels) the job that has ended`, steersJob),
		phrase{pattern: regexp.MustCompile(`^the operator (cancels|deletes) a job that does not exist$`), do: writesUnknownJob, writes: true},
		phrase{pattern: regexp.MustCompile(`^the operator creates a job$`), do: createsJob, writes: true},
	)
}

// whensOfHTTP speak of HTTP itself.
func whensOfHTTP(n words) []phrase {
	return phrases(messages.PickleStepType_ACTION,
		about(`the client sends (GET|HEAD|OPTIONS) "([^"]*)"`, sends),
		about(`the client sends (GET|HEAD|OPTIONS) "([^"]*)" accepting "([^"]*)"`, sendsAccepting),
		about(`the client sends (GET|HEAD) "([^"]*)" with a body`, sendsWithBody),
		about(`the client sends (GET) "([^"]*)" with the header "([^"]*)"`, sendsWithHeader),
		about(`the client sends (GET) "([^"]*)" (without|with wrong) credentials`, sendsAs),
		about(`the client sends HEAD to `+n.unknown, sendsHeadToUnknown),
		on(`the client sends (GET|PATCH|DELETE) to `+n.theObject+` without credentials`, sendsAsStranger),
		on(`the client restores the keys of `+n.theObject+` without credentials`, restoresAsStranger),
		on(`the client creates `+n.aNew+` without credentials`, createsAsStranger),
		on(`the client sends (GET|HEAD|OPTIONS|POST|PUT) to `+n.theObject, sendsTo),
		on(`the client creates `+n.aNew+` with the body:`, createsWithText),
		on(`the client changes `+n.theObject+` with the body:`, changesWithBody),
		on(`the client creates `+n.aNew+` with "([^"]*)" in the query`, createsWithQuery),
		on(`the client creates `+n.aNew+` by tunneling to its SVM`, createsTunneling),
		phrase{pattern: regexp.MustCompile(`^the client creates ` + n.aNew + ` for one SVM by tunneling to another$`), do: createsTunnelingElsewhere, needs: 2, writes: true},
		on(`the client lists the (`+n.plurals+`) by tunneling to the SVM of `+n.theObject, listsTunneling),
		on(`the client lists the (`+n.plurals+`) by tunneling to the uuid of the SVM of `+n.theObject, listsTunnelingByUUID),
		on(`the client sends (GET|PATCH) to `+n.theObject+` with "([^"]*)" in the query`, sendsWithQuery),
		on(`the client asks once for the (`+n.plurals+`) of its SVM`, asksOnce),
		on(`the client reads `+n.theObject+` with a slash at the end of the path`, readsWithSlash),
		on(`the client creates `+n.aNew+` with dotted names`, createsDotted),
	)
}

// thens are what can be observed of a request and of objects.
func thens(n words) []phrase {
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
		on(n.theObject+` has:`, objectHas),
		on(n.theObject+` shows what was sent:`, objectShowsSent),
		on(n.theObject+` shows what the change sent:`, objectShowsChange),
		on(n.theObject+` has the key servers "([^"]*)"`, hasServers),
		on(n.theObject+` has the key servers "([^"]*)", if the request was refused`, refusalLeftServers),
		on(n.theObject+` shows the key servers "([^"]*)"`, showsServers),
		on(n.theObject+` is as it was`, objectIsAsItWas),
		on(n.theObject+` is as it was but for "([^"]*)"`, objectIsAsItWasBut),
		on(n.theObject+` did not take the "([^"]*)" that was sent`, objectDidNotTake),
		on(`the request left `+n.theObject+` as it was, if it was refused`, refusalLeftObject),
		on(n.theObject+` can no longer be read`, objectCannotBeRead),
		on(n.theObject+` is not listed`, objectIsNotListed),
		on(`the SVM has no (`+n.nouns+`)`, svmHasNo),
	)
}

// thensOfAnswers look at answers, lists and jobs.
func thensOfAnswers(n words) []phrase {
	return phrases(messages.PickleStepType_OUTCOME,
		about(`the answer has "([^"]*)"`, answerHas),
		about(`the answer does not have "([^"]*)"`, answerDoesNotHave),
		on(`the answer is `+n.theObject, answerIsObject),
		on(`the answer is what a reading of `+n.theObject+` shows`, answerIsReading),
		on(`the answer is the record of `+n.theObject+` with the fields of a reading`, answerHasFieldsOfReading),
		on(`the answer shows what was sent for `+n.theObject+`:`, answerShowsSent),
		about(`the answer asks to try again`, asksToTryAgain),
		about(`the answer says why`, saysWhy),
		about(`the answer allows "([^"]*)"`, answerAllows),
		on(`the (`+n.plurals+`) "([^"]*)" are listed`, areListed),
		on(`the (`+n.plurals+`) "([^"]*)" are listed in this order`, areListedInOrder),
		on(`each filter lists what stands beside it`, eachFilterLists),
		about(`a keystore is listed with:`, keystoreIsListed),
		about(`no keystore is listed`, noKeystoreIsListed),
		on(`every page size gives every (`+n.nouns+`) once`, everyPageSizeGivesAll),
		on(`every page size gives the (`+n.plurals+`) "([^"]*)" in this order`, everyPageSizeGivesInOrder),
		on(`the listed (`+n.plurals+`) have "([^"]*)"`, listedHave),
		about(`each of the `+n.builtinMany+` has "([^"]*)"`, eachBuiltinHas),
		about(`the answer is the first of the `+n.builtinMany, answerIsFirstBuiltin),
		about(`the first of the `+n.builtinMany+` is listed alone`, firstIsListedAlone),
		about(`every page size gives each of the `+n.builtinMany+` once`, everyPageSizeGivesBuiltin),
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
