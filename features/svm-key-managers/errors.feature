Feature: The documented error codes of key management services

  The tables are those of the documents. Their conditions are states that no
  call can make: the owner of the target arranges them through the lab.

  Rule: A creation is refused for the documented reason

    @req:<service>-CREATE-<code> @lab:<condition>
    Scenario Outline: A creation of a <object> is refused with <code> under <condition>
      Given the lab arranged "<condition>"
      When the operator creates the <object> "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST
        | service | object  | code     | condition                                |
        | GCP     | GCP KMS | 65537704 | metrocluster                             |
        | GCP     | GCP KMS | 65537706 | application-credentials-encryption-fails |
        | GCP     | GCP KMS | 65537713 | application-credentials-store-fails      |
        | GCP     | GCP KMS | 65537719 | google-credentials-refused               |
        | GCP     | GCP KMS | 65539704 | aggregate-encrypted-volumes              |

  Rule: A change is refused for the documented reason

    @req:<service>-PATCH-<code> @lab:<condition>
    Scenario Outline: A change of a <object> is refused with <code> under <condition>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator gives the <object> "blue" new credentials
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH
        | service | object  | code     | condition                           |
        | GCP     | GCP KMS | 65537547 | volume-keys-on-admin-svm            |
        | GCP     | GCP KMS | 65537605 | google-connection-fails             |
        | GCP     | GCP KMS | 65537713 | application-credentials-store-fails |
        | GCP     | GCP KMS | 65537724 | google-credentials-refused          |

    @req:<service>-PATCH-<code> @lab:<condition>
    Scenario Outline: A change of the proxy of a <object> is refused with <code> under <condition>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator changes the <object> "blue":
        | proxy_host | proxy2.conformance.test |
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH
        | service | object  | code     | condition                        |
        | GCP     | GCP KMS | 65537714 | application-credentials-required |

  Rule: A deletion is refused for the documented reason

    @req:<service>-DELETE-<code> @lab:<condition>
    Scenario Outline: A deletion of a <object> is refused with <code> under <condition>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator deletes the <object> "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE
        | service | object  | code      | condition                          |
        | GCP     | GCP KMS | 65536242  | self-encrypting-drive-keys         |
        | GCP     | GCP KMS | 65536243  | self-encrypting-drive-keys-unknown |
        | GCP     | GCP KMS | 65536817  | disable-check-fails                |
        | GCP     | GCP KMS | 65536827  | encrypted-volume-check-fails       |
        | GCP     | GCP KMS | 65536834  | key-server-details-unreadable      |
        | GCP     | GCP KMS | 65536867  | encrypted-volumes                  |
        | GCP     | GCP KMS | 65536883  | volume-key-missing                 |
        | GCP     | GCP KMS | 65536884  | volume-key-invalid                 |
        | GCP     | GCP KMS | 65536924  | nse-authentication-keys            |
        | GCP     | GCP KMS | 196608080 | root-volume-encrypted              |
        | GCP     | GCP KMS | 196608301 | encryption-type-unknown            |
        | GCP     | GCP KMS | 196608305 | encrypted-aggregates               |

  Rule: Work on keys fails for the documented reason

    @req:<service>-REKEYINT-<code> @lab:<condition>
    Scenario Outline: Nobody rekeys the internal key of a <object> under <condition>: <code>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator rekeys the internal key of the <object> "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST rekey-internal
        | service | object  | code     | condition                |
        | GCP     | GCP KMS | 65537547 | volume-keys-on-admin-svm |
        | GCP     | GCP KMS | 65537556 | key-manager-blocked      |
        | GCP     | GCP KMS | 65537559 | no-internal-keys         |
        | GCP     | GCP KMS | 65537610 | keystore-switching       |
        | GCP     | GCP KMS | 65539436 | keystore-initialising    |
        | GCP     | GCP KMS | 65539437 | keystore-disabling       |

    @req:<service>-REKEYEXT-<code> @lab:<condition>
    Scenario Outline: Nobody rekeys the external key of a <object> under <condition>: <code>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator rekeys the external key of the <object> "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST rekey-external
        | service | object  | code     | condition                      |
        | GCP     | GCP KMS | 65537547 | volume-keys-on-admin-svm       |
        | GCP     | GCP KMS | 65537556 | key-manager-blocked            |
        | GCP     | GCP KMS | 65537610 | keystore-switching             |
        | GCP     | GCP KMS | 65537729 | external-rekey-fails-on-a-node |
        | GCP     | GCP KMS | 65539436 | keystore-initialising          |
        | GCP     | GCP KMS | 65539437 | keystore-disabling             |

    @req:<service>-RESTORE-<code> @lab:<condition>
    Scenario Outline: Nobody restores the keys of a <object> under <condition>: <code>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator restores the keys of the <object> "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST restore
        | service | object  | code     | condition               |
        | GCP     | GCP KMS | 65537544 | wrapped-key-missing     |
        | GCP     | GCP KMS | 65537722 | restore-fails-on-a-node |

  Rule: A reading says what is wrong

    @req:<service>-READ-<code> @lab:<condition>
    Scenario Outline: A reading of a <object> shows <code> under <condition>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator reads "<property>" of the <object> "blue"
      Then the code "<code>" is in the refusal or in "<property>"

      Examples: ONTAP Error Response Codes of GET
        | service | object  | code     | condition                 | property            |
        | GCP     | GCP KMS | 65537551 | top-level-key-unavailable | state               |
        | GCP     | GCP KMS | 65537552 | embedded-kmip-server-down | ekmip_reachability  |
        | GCP     | GCP KMS | 65537730 | google-unreachable        | google_reachability |

    @req:<service>-LIST-<code> @lab:<condition>
    Scenario Outline: A list of <objects> shows <code> under <condition>
      Given the <object> "blue" exists
      And the lab arranged "<condition>" for the <object> "blue"
      When the operator lists the <objects> with:
        | svm.name | <SVMs>     |
        | fields   | <property> |
      Then the code "<code>" is in the refusal or in "<property>"

      Examples: ONTAP Error Response Codes of GET
        | service | object  | objects  | code     | condition                 | property            |
        | GCP     | GCP KMS | GCP KMSs | 65537551 | top-level-key-unavailable | state               |
        | GCP     | GCP KMS | GCP KMSs | 65537552 | embedded-kmip-server-down | ekmip_reachability  |
        | GCP     | GCP KMS | GCP KMSs | 65537730 | google-unreachable        | google_reachability |
