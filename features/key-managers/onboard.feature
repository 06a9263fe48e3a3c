Feature: The onboard key manager

  Rule: A passphrase configures the onboard key manager of the cluster

    @req:KM-CREATE-01
    Scenario: The onboard key manager is configured
      When the operator creates the onboard key manager "okm"
      Then the request succeeds
      And the onboard key manager "okm" has:
        | onboard.enabled | true |

    @req:KM-CREATE-02
    Scenario: The onboard key manager that was configured is enabled
      When the operator creates the onboard key manager "okm"
      Then the onboard key manager "okm" has:
        | onboard.enabled | true    |
        | scope           | cluster |

    @req:KM-CREATE-03 @req:KM-CREATE-65536920
    Scenario: A short passphrase is refused
      When the operator creates the onboard key manager "okm" with:
        | onboard.passphrase | (short passphrase) |
      Then the request is refused with code "65536920"

    @req:KM-CREATE-07
    Scenario: A passphrase that is too long is refused
      When the operator creates the onboard key manager "okm" with:
        | onboard.passphrase | (long passphrase) |
      Then the request is refused

    @req:KM-CREATE-04 @req:KM-CREATE-65536907 @req:KM-CREATE-65536913 @req:KM-CREATE-65539706
    Scenario Outline: A second onboard key manager is refused with <code>
      Given the onboard key manager "okm" exists
      When the operator creates the onboard key manager "second"
      Then the request is refused with code "<code>"

      Examples: The codes of the releases
        | code     |
        | 65536907 |
        | 65536913 |
        | 65539706 |

    @req:KM-CREATE-05 @req:KM-CREATE-65536916
    Scenario: An onboard key manager for a data SVM is refused
      When the operator creates the onboard key manager "okm" for a data SVM
      Then the request is refused with code "65536916"

    @req:KM-CREATE-65538120
    Scenario: A policy is refused
      When the operator creates the onboard key manager "okm" with:
        | policy | conformance |
      Then the request is refused with code "65538120"

  Rule: Only the partner of a MetroCluster is synchronized by a creation

    @req:KM-CREATE-06 @req:KM-CREATE-65537240
    Scenario: A creation that synchronizes without a passphrase is refused
      When the operator creates the onboard key manager "okm" with:
        | onboard.passphrase  | (nothing) |
        | onboard.synchronize | true      |
      Then the request is refused with code "65537240"

    @req:KM-CREATE-65537246
    Scenario: A creation that synchronizes a plain cluster is refused
      When the operator creates the onboard key manager "okm" with:
        | onboard.synchronize | true |
      Then the request is refused with code "65537246"

    @req:KM-CREATE-65537244
    Scenario: A creation that synchronizes what is there is refused
      Given the onboard key manager "okm" exists
      When the operator creates the onboard key manager "second" with:
        | onboard.synchronize | true |
      Then the request is refused with code "65537244"

  Rule: What exists can be read

    @req:KM-READ-01
    Scenario: The onboard key manager is read by its uuid
      Given the onboard key manager "okm" exists
      When the operator reads the onboard key manager "okm"
      Then the answer is the onboard key manager "okm"

    @req:KM-READ-02
    Scenario: The onboard key manager is listed with its uuid
      Given the onboard key manager "okm" exists
      When the operator lists the onboard key managers with:
        | fields | uuid,scope |
      Then the request is answered with the status "200"

    @req:KM-READ-04
    Scenario: The status is not shown unasked
      Given the onboard key manager "okm" exists
      When the operator reads the onboard key manager "okm"
      Then the request is answered with the status "200"

    @req:KM-READ-06
    Scenario: A reading after a change shows no passphrase
      Given the onboard key manager "okm" exists
      And the passphrase of the onboard key manager "okm" was changed
      When the operator reads the onboard key manager "okm"
      Then the request is answered with the status "200"

    @req:KM-READ-03
    Scenario: A uuid that does not exist is refused
      When the operator reads an onboard key manager that does not exist
      Then the request is refused with a status of the 400s

    @req:KM-READ-05
    Scenario: A uuid that does not exist is answered with 404
      When the operator reads an onboard key manager that does not exist
      Then the request is refused with the status "404"

    @req:KM-READ-07
    Scenario: A uuid that does not exist is refused with the code of it
      When the operator reads an onboard key manager that does not exist
      Then the refusal has one of the codes "4, 8586226"

  @req:API-SECRET-01 @req:API-SECRET-02
  Rule: No answer holds a passphrase

    Scenario: A creation that returns its record shows no passphrase
      When the operator creates the onboard key manager "okm" and asks for the record
      Then the request succeeds

    Scenario Outline: A reading of <fields> shows no passphrase
      Given the onboard key manager "okm" exists
      When the operator reads "<fields>" of the onboard key manager "okm"
      Then the request is answered with the status "200"

      Examples: Fields
        | fields  |
        | **      |
        | onboard |

    Scenario: A reading of all fields after a change shows no passphrase
      Given the onboard key manager "okm" exists
      And the passphrase of the onboard key manager "okm" was changed
      When the operator reads "**" of the onboard key manager "okm"
      Then the request is answered with the status "200"

    Scenario: A list of all fields shows no passphrase
      Given the onboard key manager "okm" exists
      When the operator lists the onboard key managers with:
        | fields | ** |
      Then the request is answered with the status "200"

    Scenario: A refused change shows no passphrase
      Given the onboard key manager "okm" exists
      And the onboard key manager "okm" was read
      When the operator changes the onboard key manager "okm":
        | onboard.passphrase | (new passphrase) |
      Then the request left the onboard key manager "okm" as it was, if it was refused

  Rule: What was deleted is gone

    @req:KM-DELETE-01
    Scenario: A deleted onboard key manager can no longer be read
      Given the onboard key manager "okm" exists
      When the operator deletes the onboard key manager "okm"
      Then the request succeeds
      And the onboard key manager "okm" can no longer be read

    @req:KM-DELETE-02
    Scenario: A deleted onboard key manager is not listed
      Given the onboard key manager "okm" exists
      When the operator deletes the onboard key manager "okm"
      Then the onboard key manager "okm" is not listed

    @req:KM-DELETE-03
    Scenario: A deletion of a uuid that does not exist is refused
      When the operator deletes an onboard key manager that does not exist
      Then the request is refused

    @req:KM-DELETE-04
    Scenario: After a deletion the onboard key manager can be configured again
      Given the onboard key manager "okm" exists
      And the onboard key manager "okm" was deleted
      When the operator creates the onboard key manager "again"
      Then the request succeeds
