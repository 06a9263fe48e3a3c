package steps

// awsKMS are the AWS KMS configurations.
var awsKMS = &kind{
	noun: "KMS", plural: "KMSs", resource: "aws-kms",
	marked: []string{"access_key_id", "key_id"},
	seat:   true, occupied: []string{"65537910"}, readable: "KMS-READ-01", unlisted: "KMS-DELETE-02",
	body: func(w *world, name string, svm SVM) map[string]any {
		return map[string]any{
			"svm":               map[string]any{"name": svm.Name},
			"region":            "us-east-1",
			"key_id":            "key-" + w.token + "-" + name,
			"access_key_id":     "access-" + w.token + "-" + name,
			"secret_access_key": w.secret("AWS_SECRET_ACCESS_KEY"),
		}
	},
	credentials: func(w *world) map[string]any {
		return map[string]any{"access_key_id": "access2-" + w.token, "secret_access_key": w.secret("AWS_NEW_SECRET")}
	},
	visible: func(w *world) map[string]any { return map[string]any{"region": "region-of-a-stranger"} },
	newKey:  func(w *world, _ *object) map[string]any { return map[string]any{"key_id": "key2-" + w.token} },
}
