package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAReasonSaysWhatAllOfAGroupHaveInCommon(t *testing.T) {
	reason := func(vault, svm string) Outcome {
		return Outcome{Reason: `arranging the vault "` + vault + `": the SVM "` + svm + `" has a vault` + "\nanswer of " + vault}
	}
	for want, os := range map[string][]Outcome{
		`arranging the vault "…": the SVM "svm1" has a vault`:    {reason("blue", "svm1"), reason("red", "svm1")},
		`arranging the vault "blue": the SVM "…" has a vault`:    {reason("blue", "svm1"), reason("blue", "svm2"), reason("blue", "svm1")},
		`arranging the vault "blue": the SVM "svm1" has a vault`: {reason("blue", "svm1"), reason("blue", "svm1")},
	} {
		all := groups(os)
		require.Len(t, all, 1)
		assert.Equal(t, want, all[0].Reason)
	}
}
