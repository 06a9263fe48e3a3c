Feature: The documented error codes of azure-key-vaults

  The tables are those of the documents. Their conditions are states that no
  call can make: the owner of the target arranges them through the lab.

  Rule: A creation is refused for the documented reason

    @req:AKV-CREATE-<code> @lab:<condition>
    Scenario Outline: A creation is refused with <code> under <condition>
      Given the lab arranged "<condition>"
      When the operator creates the vault "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST
        | code      | condition                                 |
        | 3735553   | certificate-creation-fails                |
        | 3735664   | fips-mode-key-size                        |
        | 3735665   | fips-mode-hash-function                   |
        | 3735700   | certificate-key-size-unsupported          |
        | 52559972  | certificate-start-in-future               |
        | 65537504  | internal-database-write-fails             |
        | 65537505  | volume-keys-on-admin-svm                  |
        | 65537506  | metrocluster                              |
        | 65537512  | node-without-azure-key-vault              |
        | 65537514  | feature-check-fails                       |
        | 65537518  | no-cluster-interface                      |
        | 65537526  | feature-enable-fails                      |
        | 65539703  | aggregate-encrypted-volumes               |
        | 65539704  | aggregate-encrypted-volumes               |

    @req:AKV-CREATE-<code> @lab:<condition>
    Scenario Outline: An inactive creation is refused with <code> under <condition>
      Given the lab arranged "<condition>"
      When the operator creates the inactive vault "spare"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST
        | code      | condition                                 |
        | 65537592  | effective-cluster-version-below-9.14-name |
        | 65537593  | effective-cluster-version-below-9.14      |
        | 65538902  | configuration-name-reserved               |

  Rule: A change is refused for the documented reason

    @req:AKV-PATCH-<code> @lab:<condition>
    Scenario Outline: A change is refused with <code> under <condition>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator gives the vault "blue" new credentials
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH
        | code      | condition                                 |
        | 65537504  | internal-database-write-fails             |
        | 65537517  | client-secret-required                    |
        | 65537540  | client-secret-refused                     |
        | 65537547  | volume-keys-on-admin-svm                  |

    @req:AKV-PATCH-<code> @lab:<condition>
    Scenario Outline: A change of the certificate is refused with <code> under <condition>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator gives the vault "blue" a new certificate
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH
        | code      | condition                                 |
        | 65537577  | node-without-certificate-authentication   |

  Rule: A deletion is refused for the documented reason

    @req:AKV-DELETE-<code> @lab:<condition>
    Scenario Outline: A deletion is refused with <code> under <condition>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator deletes the vault "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE
        | code      | condition                                 |
        | 65536242  | self-encrypting-drive-keys                |
        | 65536243  | self-encrypting-drive-keys-unknown        |
        | 65536817  | disable-check-fails                       |
        | 65536827  | encrypted-volume-check-fails              |
        | 65536834  | key-server-details-unreadable             |
        | 65536867  | encrypted-volumes                         |
        | 65536883  | volume-key-missing                        |
        | 65536884  | volume-key-invalid                        |
        | 65536924  | nse-authentication-keys                   |
        | 196608080 | root-volume-encrypted                     |
        | 196608301 | encryption-type-unknown                   |
        | 196608305 | encrypted-aggregates                      |

  Rule: Work on keys fails for the documented reason

    @req:AKV-REKEYINT-<code> @lab:<condition>
    Scenario Outline: Nobody rekeys the internal key under <condition>: <code>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator rekeys the internal key of the vault "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST rekey-internal
        | code      | condition                                 |
        | 65537547  | volume-keys-on-admin-svm                  |
        | 65537559  | no-internal-keys                          |
        | 65537610  | keystore-switching                        |
        | 65539436  | keystore-initialising                     |
        | 65539437  | keystore-disabling                        |
        | 65539856  | restore-during-rekey-fails                |

    @req:AKV-REKEYEXT-<code> @lab:<condition>
    Scenario Outline: Nobody rekeys the external key under <condition>: <code>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator rekeys the external key of the vault "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST rekey-external
        | code      | condition                                 |
        | 65537547  | volume-keys-on-admin-svm                  |
        | 65537610  | keystore-switching                        |
        | 65539436  | keystore-initialising                     |
        | 65539437  | keystore-disabling                        |
        | 65539855  | restore-during-rekey-fails                |

    @req:AKV-RESTORE-<code> @lab:<condition>
    Scenario Outline: Nobody restores the keys under <condition>: <code>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator restores the keys of the vault "blue"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST restore
        | code      | condition                                 |
        | 65537515  | restore-fails-on-a-node                   |
        | 65537544  | wrapped-key-missing                       |

  Rule: A reading says what is wrong

    @req:AKV-READ-<code> @lab:<condition>
    Scenario Outline: A reading shows <code> under <condition>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator reads "<property>" of the vault "blue"
      Then the code "<code>" is in the refusal or in "<property>"

      Examples: ONTAP Error Response Codes of GET
        | code      | condition                  | property           |
        | 65537549  | azure-unreachable          | azure_reachability |
        | 65537551  | top-level-key-unavailable  | state              |
        | 65537552  | embedded-kmip-server-down  | ekmip_reachability |

    @req:AKV-LIST-<code> @lab:<condition>
    Scenario Outline: A list shows <code> under <condition>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator lists the vaults with:
        | svm.name | <SVMs>     |
        | fields   | <property> |
      Then the code "<code>" is in the refusal or in "<property>"

      Examples: ONTAP Error Response Codes of GET
        | code      | condition                  | property           |
        | 65537549  | azure-unreachable          | azure_reachability |
        | 65537551  | top-level-key-unavailable  | state              |
        | 65537552  | embedded-kmip-server-down  | ekmip_reachability |
