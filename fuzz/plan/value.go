package plan

// Words within a text that stand for others until a case is played. They keep out
// of it what differs from run to run.
const (
	Token = "<token>" // the mark of the run
	SVM   = "<svm>"   // the SVM's name
	UUID  = "<uuid>"  // the object's uuid
)

// Members of an object that stands for a value until a case is played. They keep
// secrets out of it.
const (
	SecretName      = "$secret"      // {"$secret": "NAME"}: a value that is made up, and printed as $NAME
	CertificateName = "$certificate" // {"$certificate": true}: a real PKCS#12
	CellName        = "$said"        // {"$said": "(expired certificate)"}: what a cell of a feature stands for
	NewKeyName      = "$new_key"     // in the Set of a call: the body of a change of the external key
)

// Secret stands for a secret of that name.
func Secret(name string) map[string]any { return map[string]any{SecretName: name} }

// Certificate stands for a PKCS#12.
func Certificate() map[string]any { return map[string]any{CertificateName: true} }

// Cell stands for what a feature says in a cell of a table.
func Cell(text string) map[string]any { return map[string]any{CellName: text} }

// IsCertificate reports whether a value stands for a PKCS#12.
func IsCertificate(v any) bool {
	m, is := v.(map[string]any)
	return is && len(m) == 1 && m[CertificateName] == true
}
