Feature: The documented error codes of external key managers

  Their conditions are states that no call can make: the owner of the target
  arranges them through the lab.

  Rule: A call is refused for the documented reason

    @req:KM-CREATE-<code> @lab:<condition>
    Scenario Outline: A creation is refused with <code> under <condition>
      Given the lab arranged "<condition>"
      When the operator creates the external key manager "km"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST
        | code     | condition                                 |
        | 65536822 | cluster-version-without-multitenant-keys  |
        | 65536824 | metrocluster                              |
        | 65536834 | key-server-details-unreadable             |
        | 65536852 | kmip-versions-unknown                     |
        | 65536878 | volume-keys-on-admin-svm                  |
        | 65536895 | metrocluster-partner-onboard              |
        | 66060338 | key-server-ca-mismatch                    |
        | 66060339 | key-server-client-certificate-mismatch    |
        | 66060340 | kmip-library-fails                        |
        | 66060341 | key-server-network-fails                  |

    @req:KM-READ-<code> @lab:<condition>
    Scenario Outline: A reading is refused with <code> under <condition>
      Given the external key manager "km" exists
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator reads the external key manager "km"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of GET
        | code     | condition                               |
        | 65536894 | metrocluster-partner-without-key-servers |
        | 65537201 | local-key-servers-missing               |
        | 65537202 | remote-key-servers-missing              |
        | 65537203 | partner-key-servers-unknown             |
        | 65537204 | metrocluster-partner-without-key-servers |

    @req:KM-PATCH-<code> @lab:<condition>
    Scenario Outline: A change is refused with <code> under <condition>
      Given the external key manager "km" exists
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator gives the external key manager "km" new credentials
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH
        | code     | condition                                |
        | 65536822 | cluster-version-without-multitenant-keys |
        | 65536852 | kmip-versions-unknown                    |
        | 66060338 | key-server-ca-mismatch                   |
        | 66060339 | key-server-client-certificate-mismatch   |
        | 66060340 | kmip-library-fails                       |
        | 66060341 | key-server-network-fails                 |

    @req:KM-DELETE-<code> @lab:<condition>
    Scenario Outline: A deletion is refused with <code> under <condition>
      Given the external key manager "km" exists
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator deletes the external key manager "km"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE
        | code     | condition                                |
        | 65536822 | cluster-version-without-multitenant-keys |

    @req:KM-MIGRATE-<code> @lab:<condition>
    Scenario Outline: A migration is refused with <code> under <condition>
      Given the onboard key manager "okm" exists
      And the external key manager "km" exists
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator migrates the keys of the external key manager "km" to the onboard key manager "okm"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST migrate
        | code     | condition                  |
        | 65536886 | migration-unsupported      |
        | 65536968 | node-unhealthy             |
        | 65537551 | top-level-key-unavailable  |
        | 65537552 | embedded-kmip-server-down  |
        | 65537564 | azure-unreachable          |
        | 65537611 | keystore-switching         |
        | 65539434 | keystore-initialising      |
        | 65539435 | keystore-disabling         |

    @req:KM-RESTORE-<code> @lab:<condition>
    Scenario Outline: A restore is refused with <code> under <condition>
      Given the external key manager "km" exists
      And the lab arranged "<condition>" for the external key manager "km"
      When the operator restores the keys of the external key manager "km"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST restore
        | code     | condition                        |
        | 65536083 | authentication-key-restore-fails |
        | 65536855 | volume-key-restore-fails         |
