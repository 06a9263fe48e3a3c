Feature: Changing an AWS KMS configuration

  @req:KMS-PATCH-01
  Rule: A property that was changed has its new value

    Scenario Outline: <property> is changed
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | <property> | <value> |
      Then the KMS "blue" has:
        | <property> | <value> |

      Examples: Properties that can be changed and read
        | property           | value                              |
        | region             | us-west-2                          |
        | service            | kms.*.amazonaws.com                |
        | default_domain     | domain2.conformance.test           |
        | host               | aws2.conformance.test              |
        | port               | 9443                               |
        | proxy_type         | https                              |
        | proxy_host         | proxy2.conformance.test            |
        | proxy_port         | 8080                               |
        | proxy_username     | somebody                           |
        | polling_period     | 45                                 |
        | timeout            | 20                                 |
        | verify             | true                               |
        | verify_host        | false                              |
        | verify_ip          | true                               |
        | encryption_context | aws:fsx:fs-id=fs-0785c8beceb895998 |

    Scenario: The access key is changed with its secret
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | access_key_id     | access2-blue |
        | secret_access_key | (new secret) |
      Then the KMS "blue" has:
        | access_key_id | access2-blue |

  @req:KMS-PATCH-02
  Rule: What a change does not name stays as it was

    Scenario Outline: A change of <property> to <value> leaves the rest alone
      Given the KMS "blue" exists
      And the KMS "blue" was read
      When the operator changes the KMS "blue":
        | <property> | <value> |
      Then the KMS "blue" is as it was but for "<but>"

      Examples: One property
        | property    | value                   | but                                |
        | region      | us-west-2               | region                             |
        | proxy_host  | proxy2.conformance.test | proxy_host, proxy_type, proxy_port |
        | port        | 9443                    | port                               |
        | timeout     | 20                      | timeout                            |
        | verify_host | false                   | verify_host                        |

    Scenario: New credentials leave everything else alone
      Given the KMS "blue" exists with:
        | service            | dynamodb.*.amazonaws.com           |
        | default_domain     | conformance.test                   |
        | port               | 8443                               |
        | polling_period     | 55                                 |
        | proxy_type         | http                               |
        | proxy_host         | proxy.conformance.test             |
        | proxy_port         | 3128                               |
        | proxy_username     | operator                           |
        | encryption_context | aws:fsx:fs-id=fs-0785c8beceb895999 |
      And the KMS "blue" was read
      When the operator gives the KMS "blue" new credentials
      Then the KMS "blue" is as it was but for "access_key_id"

  @req:KMS-PATCH-03
  Rule: Several properties can be changed at once

    Scenario: The whole proxy is changed
      Given the KMS "blue" exists with:
        | proxy_type | http                   |
        | proxy_host | proxy.conformance.test |
        | proxy_port | 3128                   |
      When the operator changes the KMS "blue":
        | proxy_type     | https                   |
        | proxy_host     | proxy2.conformance.test |
        | proxy_port     | 8080                    |
        | proxy_username | somebody                |
        | proxy_password | (new secret)            |
      Then the KMS "blue" has:
        | proxy_type     | https                   |
        | proxy_host     | proxy2.conformance.test |
        | proxy_port     | 8080                    |
        | proxy_username | somebody                |

  @req:KMS-PATCH-04
  Rule: The same change can be made twice

    Scenario: A change is repeated
      Given the KMS "blue" exists
      And the KMS "blue" was changed:
        | access_key_id     | access2-blue |
        | secret_access_key | (new secret) |
      And the KMS "blue" was read
      When the operator makes the same change of the KMS "blue" again
      Then the request succeeds
      And the KMS "blue" is as it was

  Rule: Credentials can be changed, and are never empty

    @req:KMS-PATCH-08
    Scenario: The credentials are changed
      Given the KMS "blue" exists
      When the operator gives the KMS "blue" new credentials
      Then the request succeeds

    @req:KMS-PATCH-09 @req:KMS-PATCH-65537920
    Scenario: An empty secret is refused
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | access_key_id     | access2-blue |
        | secret_access_key | (empty)      |
      Then the request is refused with code "65537920"

    @req:KMS-PATCH-10 @req:KMS-PATCH-65537924
    Scenario: An empty access key is refused
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | access_key_id     | (empty)      |
        | secret_access_key | (new secret) |
      Then the request is refused with code "65537924"

    @req:KMS-PATCH-11
    Scenario: There is nothing to skip the verification of without an access key
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | skip_verify | true |
      Then the request is refused

    @req:KMS-PATCH-12
    Scenario: The verification of new credentials can be skipped
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | access_key_id     | access2-blue |
        | secret_access_key | (new secret) |
        | skip_verify       | true         |
      Then the request succeeds

  Rule: Some fields are not to be changed

    @req:KMS-PATCH-05
    Scenario Outline: The create-only <property> is refused in a change
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | <property> | <value> |
      Then the request is refused

      Examples: Create-only fields
        | property | value          |
        | svm.name | somewhere-else |
        | svm.uuid | (uuid)         |
        | key_id   | key-of-another |

    @req:KMS-PATCH-06
    Scenario Outline: The read-only <property> is refused in a change
      Given the KMS "blue" exists
      When the operator changes the KMS "blue":
        | <property> | <value> |
      Then the request is refused

      Examples: Read-only fields
        | property | value               |
        | uuid     | (uuid)              |
        | scope    | cluster             |
        | state    | {"message": "well"} |

    @req:KMS-PATCH-07
    Scenario Outline: <property> does not change
      Given the KMS "blue" exists
      And the KMS "blue" was read
      When the operator changes the KMS "blue":
        | <property> | <value> |
      Then the KMS "blue" is as it was

      Examples: Fields that a change cannot set
        | property | value          |
        | uuid     | (uuid)         |
        | scope    | cluster        |
        | svm.name | somewhere-else |
        | key_id   | key-of-another |

  Rule: What cannot be changed is refused

    @req:KMS-PATCH-65537541
    Scenario: A change of nothing is refused
      Given the KMS "blue" exists
      When the client changes the KMS "blue" with the body:
        """
        {}
        """
      Then the request is refused with code "65537541"

    @req:KMS-PATCH-13 @req:KMS-PATCH-65537926
    Scenario: A change of a uuid that does not exist is refused
      When the operator changes a KMS that does not exist
      Then the request is refused with code "65537926"

    @req:KMS-PATCH-14
    Scenario: A change of a uuid that does not exist is answered with 404
      When the operator changes a KMS that does not exist
      Then the request is refused with the status "404", or with "400" and the code "8586226"

  @req:KMS-PATCH-15
  Rule: A change of one leaves the others

    Scenario: A change of one SVM's KMS leaves that of another
      Given 2 KMSs exist with:
        | name  |
        | red   |
        | green |
      And the KMS "green" was read
      When the operator changes the KMS "red":
        | proxy_host | proxy.<token>.example |
      Then the KMS "green" is as it was
