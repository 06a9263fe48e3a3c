STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

check: vet lint test ## everything that must be green before a commit (the default)

vet: ## format and vet
	@test -z "$$(gofmt -l .)" || { echo "gofmt these files:"; gofmt -l .; exit 1; }
	go vet ./...

lint: ## staticcheck, pinned, the limits of functions, files and types, and names of types
	$(STATICCHECK) ./...
	go test -run "Limits|OneName" ./runner

run: ## the suite on the embedded simulator
	go run ./runner run

test: ## all tests, with the race detector
	go test -race ./...

sweep: ## all mutants and liberties, of which the plain tests try a sample
	ONTAP_CONFORMANCE_SWEEP=1 go test ./fixtures/mutant
	ONTAP_CONFORMANCE_SWEEP=1 go test ./fuzz/engine ./runner

bench: ## speed and memory, as ratios against a bare client in the same run
	go test -run '^$$' -bench . -benchtime 10x ./steps ./runner
	go test -run '^$$' -bench . ./fixtures/simulator
	go test -run '^$$' -bench 'Judged|Memory' -benchtime 3x ./fuzz/engine
	go test -run '^$$' -bench FalseFindings -benchtime 1x ./fuzz/engine

mutants: ## which mutant is killed by what, and that no liberty is
	ONTAP_CONFORMANCE_SWEEP=1 go test -count=1 -v -run 'Mutant|Liberty|Unbent' ./fixtures/mutant | grep -E '^(---|ok|FAIL|PASS)|--- FAIL'

kills: ## fuzz alone against every mutant that requests can reveal, into fuzz/engine/kills.tsv (SEEDS=…, EVERY=…)
	go test -run '^$$' -bench Kills -benchtime 1x -timeout 8h ./fuzz/engine -kill.seeds $(or $(SEEDS),1) -kill.every $(or $(EVERY),1) -kill.out $(CURDIR)/fuzz/engine/kills.tsv

chaos: ## runs and hunts in rough weather, with a table: nobody may be blamed for it (SEEDS=…)
	go test -count=1 -v -timeout 4h -parallel 12 -run RoughWeather ./runner -chaos.seeds $(or $(SEEDS),50)

torture: ## runs and hunts that are killed and cleaned up, and pairs of runs: nothing may be left or touched (RUNS=…, HUNTS=…, PAIRS=…)
	go test -count=1 -v -timeout 4h -run 'WasKilled|TwoRunsAtOnce' ./runner -torture.runs $(or $(RUNS),100) -torture.hunts $(or $(HUNTS),30) -torture.pairs $(or $(PAIRS),1000)

trace: ## rewrite the matrix promise x verifier x mutant x source, and the tables of codes and of statements
	go test -count=1 -run TestMatrix ./runner -update

sets: ## publish new IDs and new names of mutants, and raise the revision of each release's set that has changed
	go test -count=1 -run 'TestNoPublishedID|TestTheSet' ./fixtures/contract -update
	go test -count=1 -run TestNoPublished ./fixtures/mutant -update

golden: ## rewrite what the report writers are compared with
	go test -count=1 ./runner/report -update

fuzz: ## the native fuzz targets, FUZZTIME each (default 10s)
	.ci/fuzz $(or $(FUZZTIME),10s)

notice: ## rewrite NOTICE, the licences of what ships in the binary
	go test -count=1 -run TestTheNotice ./runner -update

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

.PHONY: check vet lint run test sweep bench mutants kills chaos torture trace sets golden fuzz help notice
