Feature: What is particular about Google Cloud KMS

  What it shares with other key management services stands in svm-key-managers.

  Rule: Credentials are a key, or those of the machine

    @req:GCP-CREATE-04
    Scenario: A configuration may use the credentials of the machine
      When the operator creates the GCP KMS "blue" with:
        | application_credentials | (nothing)                               |
        | authentication_method   | sa_credentials_attachment               |
        | gce_metadata_server     | http://metadata.conformance.test/token  |
      Then the GCP KMS "blue" shows what was sent:
        | authentication_method | gce_metadata_server |

    @req:GCP-CREATE-17
    Scenario: A key is needed where it is what authenticates
      When the operator creates the GCP KMS "blue" with:
        | application_credentials | (nothing)                   |
        | authentication_method   | application_credentials_key |
      Then the request is refused

    @req:GCP-PATCH-01
    Scenario: The way to authenticate is changed
      Given the GCP KMS "blue" exists
      When the operator changes the GCP KMS "blue":
        | authentication_method | sa_credentials_attachment              |
        | gce_metadata_server   | http://metadata.conformance.test/token |
      Then the GCP KMS "blue" has:
        | authentication_method | sa_credentials_attachment              |
        | gce_metadata_server   | http://metadata.conformance.test/token |

  @req:GCP-PATCH-02
  Rule: A change leaves alone what it does not name

    Scenario: New credentials leave hosts and the port alone
      Given the GCP KMS "blue" exists with:
        | port               | 8443                                |
        | cloudkms_host      | kms.conformance.test                |
        | oauth_host         | login.conformance.test              |
        | oauth_url          | https://login.conformance.test/auth |
        | privileged_account | somebody@conformance.test           |
      And the GCP KMS "blue" was read
      When the operator gives the GCP KMS "blue" new credentials
      Then the GCP KMS "blue" is as it was but for "caller_account"

    Scenario: New credentials leave verification alone
      Given the GCP KMS "blue" exists with:
        | verify_host | false |
        | verify_ip   | false |
      And the GCP KMS "blue" was read
      When the operator gives the GCP KMS "blue" new credentials
      Then the GCP KMS "blue" is as it was but for "caller_account"

    Scenario: Another proxy leaves the way to authenticate alone
      Given the GCP KMS "blue" exists with:
        | authentication_method | sa_credentials_attachment              |
        | gce_metadata_server   | http://metadata.conformance.test/token |
      And the GCP KMS "blue" was read
      When the operator changes the GCP KMS "blue":
        | proxy_host | proxy2.conformance.test |
      Then the GCP KMS "blue" is as it was but for "proxy_host, proxy_type, proxy_port"

  Rule: Properties have their form

    @req:<promise> @req:GCP-CREATE-<code>
    Scenario Outline: <property> of a wrong form is refused
      When the operator creates the GCP KMS "blue" with:
        | <property> | <value> |
      Then the request is refused with code "<code>"

      Examples: Wrong forms
        | promise       | property                | value          | code     |
        | GCP-CREATE-15 | privileged_account      | somebody       | 65537740 |
        | GCP-CREATE-16 | application_credentials | no JSON at all | 65537749 |
        | GCP-CREATE-18 | key_name                | keys/key1      | 65537753 |

  Rule: The key is changed by a rekey

    @req:GCP-PATCH-<code>
    Scenario Outline: The project is refused in a change with <code>
      Given the GCP KMS "blue" exists
      When the operator changes the GCP KMS "blue":
        | project_id | project-of-another |
      Then the request is refused with code "<code>"

      Examples: Codes of releases
        | code     |
        | 65537732 |
        | 65537757 |

    @req:GCP-PATCH-09
    Scenario: Before there was a rekey the key could be changed
      Given the GCP KMS "blue" exists
      When the operator changes the GCP KMS "blue":
        | key_name | key2-<token> |
      Then the request succeeds

    @req:GCP-REKEYEXT-06
    Scenario: The key may be in another ring and another project
      Given the GCP KMS "blue" exists
      When the operator rekeys the external key of the GCP KMS "blue" with:
        | key_name          | key3-<token>     |
        | project_id        | project3-<token> |
        | key_ring_name     | ring3-<token>    |
        | key_ring_location | europe           |
      Then the GCP KMS "blue" shows what was sent:
        | key_name | project_id | key_ring_name | key_ring_location |

    @req:GCP-REKEYEXT-07 @req:GCP-REKEYEXT-65537753
    Scenario: A key with a slash in its name is refused
      Given the GCP KMS "blue" exists
      When the operator rekeys the external key of the GCP KMS "blue" with:
        | key_name | keys/key1 |
      Then the request is refused with code "65537753"

  Rule: Filters tell configurations apart

    @req:API-FILTER-01
    Scenario: Two configurations are told apart by each of their fields
      Given 2 GCP KMSs exist with:
        | name  | project_id  | proxy_host         | proxy_port |
        | red   | <token>.one | proxy.<token>.test | 1000       |
        | green | <token>xone | proxyx<token>.test | 2000       |
      And the GCP KMS "red" was read
      When the operator tries these filters of the GCP KMSs:
        | field             | filter                 | listed     |
        | uuid              | <uuid of red>          | red        |
        | key_name          | <key_name of red>      | red        |
        | key_ring_name     | <key_ring_name of red> | red        |
        | svm.uuid          | <svm.uuid of red>      | red        |
        | project_id        | <project_id of red>    | red        |
        | proxy_host        | <proxy_host of red>    | red        |
        | proxy_port        | 2000                   | green      |
        | scope             | svm                    | red, green |
        | scope             | cluster                |            |
        | key_ring_location | global                 | red, green |
        | key_ring_location | nowhere                |            |
      Then each filter lists what stands beside it

    @req:API-FILTER-01
    Scenario: Configurations are found by the account of their credentials
      Given 2 GCP KMSs exist with:
        | name  |
        | red   |
        | green |
      And the GCP KMS "red" was read
      When the operator tries these filters of the GCP KMSs:
        | field          | filter                  | listed     |
        | caller_account | <caller_account of red> | red, green |
        | caller_account | nobody@example.test     |            |
      Then each filter lists what stands beside it
