Feature: The documented error codes of aws-kms

  The tables are those of the documents. Their conditions are states that no
  call can make: the owner of the target arranges them through the lab.

  Rule: A creation is refused for the documented reason

    @req:KMS-CREATE-<code> @lab:<condition>
    Scenario Outline: A creation is refused with <code> under <condition>
      Given the lab arranged "<condition>"
      When the operator creates the KMS "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST
        | code     | condition                        |
        | 3735622  | certificate-type-unusable        |
        | 3735645  | certificate-serial-given         |
        | 3735657  | certificate-subtype-given        |
        | 3735664  | fips-mode-key-size               |
        | 3735665  | fips-mode-hash-function          |
        | 3735700  | certificate-key-size-unsupported |
        | 65536600 | nodes-out-of-quorum              |
        | 65537518 | no-cluster-interface             |
        | 65537900 | aws-secret-key-refused           |
        | 65537901 | node-without-aws-kms             |
        | 65537906 | secret-key-store-fails           |
        | 65537907 | aws-kms-disabled                 |
        | 65537911 | metrocluster                     |
        | 65537912 | volume-keys-on-admin-svm         |
        | 65539703 | aggregate-encrypted-volumes      |
        | 65539704 | aggregate-encrypted-volumes      |

  Rule: A change is refused for the documented reason

    @req:KMS-PATCH-<code> @lab:<condition>
    Scenario Outline: A change is refused with <code> under <condition>
      Given the KMS "blue" exists
      And the lab arranged "<condition>" for the KMS "blue"
      When the operator gives the KMS "blue" new credentials
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH
        | code     | condition              |
        | 65537906 | secret-key-store-fails |
        | 65537921 | aws-connection-refused |

  Rule: A deletion is refused for the documented reason

    @req:KMS-DELETE-<code> @lab:<condition>
    Scenario Outline: A deletion is refused with <code> under <condition>
      Given the KMS "blue" exists
      And the lab arranged "<condition>" for the KMS "blue"
      When the operator deletes the KMS "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE
        | code      | condition                          |
        | 65536817  | disable-check-fails                |
        | 65536827  | encrypted-volume-check-fails       |
        | 65536834  | key-server-details-unreadable      |
        | 65536883  | volume-key-missing                 |
        | 65536884  | volume-key-invalid                 |
        | 65537103  | nse-authentication-keys            |
        | 65537104  | self-encrypting-drive-keys         |
        | 65537106  | encrypted-volumes                  |
        | 65537121  | self-encrypting-drive-keys-unknown |
        | 196608080 | root-volume-encrypted              |
        | 196608301 | encryption-type-unknown            |
        | 196608332 | encrypted-aggregates               |
        | 196608351 | encrypted-aggregates               |

  Rule: Work on keys fails for the documented reason

    @req:KMS-REKEYINT-<code> @lab:<condition>
    Scenario Outline: Nobody rekeys the internal key under <condition>: <code>
      Given the KMS "blue" exists
      And the lab arranged "<condition>" for the KMS "blue"
      When the operator rekeys the internal key of the KMS "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST rekey-internal
        | code     | condition                |
        | 65537547 | volume-keys-on-admin-svm |
        | 65537556 | key-manager-blocked      |
        | 65537559 | no-internal-keys         |
        | 65537566 | node-offline             |
        | 65537610 | keystore-switching       |
        | 65539436 | keystore-initialising    |
        | 65539437 | keystore-disabling       |

    @req:KMS-REKEYEXT-<code> @lab:<condition>
    Scenario Outline: Nobody rekeys the external key under <condition>: <code>
      Given the KMS "blue" exists
      And the lab arranged "<condition>" for the KMS "blue"
      When the operator rekeys the external key of the KMS "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST rekey-external
        | code     | condition                      |
        | 65537538 | key-unwrap-fails               |
        | 65537543 | top-level-key-missing          |
        | 65537547 | volume-keys-on-admin-svm       |
        | 65537610 | keystore-switching             |
        | 65537919 | external-rekey-fails-on-a-node |
        | 65539436 | keystore-initialising          |
        | 65539437 | keystore-disabling             |

    @req:KMS-RESTORE-<code> @lab:<condition>
    Scenario Outline: Nobody restores the keys under <condition>: <code>
      Given the KMS "blue" exists
      And the lab arranged "<condition>" for the KMS "blue"
      When the operator restores the keys of the KMS "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST restore
        | code     | condition               |
        | 65536082 | restore-fails-on-a-node |
        | 65537544 | wrapped-key-missing     |

  Rule: A reading says what is wrong

    @req:KMS-READ-<code> @lab:<condition>
    Scenario Outline: A reading shows <code> under <condition>
      Given the KMS "blue" exists
      And the lab arranged "<condition>" for the KMS "blue"
      When the operator reads "<property>" of the KMS "blue"
      Then the code "<code>" is in the refusal or in "<property>"

      Examples: ONTAP Error Response Codes of GET
        | code     | condition                 | property            |
        | 65537551 | top-level-key-unavailable | state               |
        | 65537552 | embedded-kmip-server-down | ekmip_reachability  |
        | 65537915 | aws-unreachable           | amazon_reachability |

    @req:KMS-LIST-<code> @lab:<condition>
    Scenario Outline: A list shows <code> under <condition>
      Given the KMS "blue" exists
      And the lab arranged "<condition>" for the KMS "blue"
      When the operator lists the KMSs with:
        | svm.name | <SVMs>     |
        | fields   | <property> |
      Then the code "<code>" is in the refusal or in "<property>"

      Examples: ONTAP Error Response Codes of GET
        | code     | condition                 | property            |
        | 65537551 | top-level-key-unavailable | state               |
        | 65537552 | embedded-kmip-server-down | ekmip_reachability  |
        | 65537915 | aws-unreachable           | amazon_reachability |
