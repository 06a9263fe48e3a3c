# azure-key-vaults: a-creation-reads-as-it-was-sent
# {"operation":"akv-create","set":{"port":7,"client_secret":{"$secret":"S"}}}
Feature: What was found

  @req:AKV-CREATE-02
  Scenario: A complete request with a PKCS#12 certificate in place of the secret creates a configuration
    When the operator creates the vault "blue" with:
      | client_secret | (new secret) |
      | port | 7 |
    Then the vault "blue" has:
      | port | 7 |

# key-managers: a-creation-reads-as-it-was-sent
# {"operation":"km-create"}
Feature: What was found

  @req:KM-EXTERNAL-02
  Scenario: An external key manager shows the certificates and the key servers that it was given
    When the operator creates the external key manager "blue"
    Then the external key manager "blue" shows what was sent:
      | svm.name |

# azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-change","set":{"port":7,"proxy_host":""}}
Feature: What was found

  @req:AKV-PATCH-02
  Scenario: client_id and tenant_id can be changed without new credentials
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    And the vault "blue" was read
    When the operator changes the vault "blue":
      | port | 7 |
      | proxy_host | (empty) |
    Then the vault "blue" has:
      | port | 7 |
      | proxy_host | (empty) |

# azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-change","set":{"port":7,"proxy_host":""}}
Feature: What was found

  @req:AKV-PATCH-03
  Scenario: A change leaves every property alone that it does not name
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    And the vault "blue" was read
    When the operator changes the vault "blue":
      | port | 7 |
      | proxy_host | (empty) |
    Then the vault "blue" is as it was but for "port, proxy_host, proxy_password, proxy_port, proxy_type, proxy_username"

# azure-key-vaults: the-same-change-again-changes-nothing
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-change","set":{"port":7,"proxy_host":""}}
Feature: What was found

  @req:AKV-PATCH-05
  Scenario: The same change can be made twice and has the same effect
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    And the vault "blue" was changed:
      | port | 7 |
      | proxy_host | (empty) |
    And the vault "blue" was read
    When the operator makes the same change of the vault "blue" again
    Then the vault "blue" is as it was

# azure-key-vaults: the-same-change-again-changes-nothing
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-change","set":{"port":7,"proxy_host":""}}
Feature: What was found

  @req:AKV-PATCH-02
  Scenario: client_id and tenant_id can be changed without new credentials
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    And the vault "blue" was read
    When the operator changes the vault "blue":
      | port | 7 |
      | proxy_host | (empty) |
    Then the vault "blue" has:
      | port | 7 |
      | proxy_host | (empty) |

# azure-key-vaults: a-faulty-body-is-refused-and-leaves-no-trace
# {"operation":"akv-create","set":{"port":7},"spoil":{"how":"after","text":"]"},"fault":"no-json"}
Feature: What was found

  @req:API-BODY-02
  Scenario: A body that is no JSON is refused with 400 and code 262199, 262200 or 262201
    When the client creates the vault "blue" with the body:
      """
      {"port":7,<all>}]
      """
    Then the request is refused with the status "400"
    And the refusal has one of the codes "262199, 262200, 262201"

# azure-key-vaults: a-faulty-body-is-refused-and-leaves-no-trace
# {"operation":"akv-create","lack":["name"],"fault":"lacking-property","field":"name"}
Feature: What was found

  @req:API-FAULT-01
  Scenario: A refused write leaves no trace
    When the operator creates the vault "blue" with:
      | name | (nothing) |
    Then the SVM has no vault

# azure-key-vaults: a-faulty-body-is-refused-and-leaves-no-trace
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-change","set":{"uuid":"a"},"fault":"read-only-property","field":"uuid"}
Feature: What was found

  @req:API-FAULT-01
  Scenario: A refused write leaves no trace
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    And the vault "blue" was read
    When the operator changes the vault "blue":
      | uuid | "a" |
    Then the request left the vault "blue" as it was, if it was refused

# azure-key-vaults: a-documented-error-is-answered-with-its-code
# {"operation":"akv-create"}
Feature: What was found

  @req:AKV-CREATE-65537500
  Scenario: POST /security/azure-key-vaults is refused with code 65537500 when the SVM already has a key manager
    When the operator creates the vault "blue"
    Then the request is refused with code "65537500"

# azure-key-vaults: a-documented-error-is-answered-with-its-code
# {"operation":"akv-create","set":{"client_certificate":{"$certificate":true}},"lack":["client_secret"]}
Feature: What was found

  @req:AKV-CREATE-09
  Scenario: A second configuration for one SVM is refused
    When the operator creates the vault "blue" with a certificate
    Then the request is refused

# key-managers: a-sentence-about-one-request-holds
# {"operation":"km-create"},{"operation":"km-change","set":{"external.client_certificate.uuid":{"$said":"(renewed client certificate)"}},"fault":"special","field":"KM-EXTERNAL-13"}
Feature: What was found

  @req:KM-EXTERNAL-13
  Scenario: The client certificate can be replaced by one of the same key pair
    Given the external key manager "blue" exists
    And the external key manager "blue" was read
    When the operator changes the external key manager "blue":
      | external.client_certificate.uuid | (renewed client certificate) |
    Then the request succeeds

# key-managers: a-sentence-about-one-request-holds
# {"operation":"km-create","lack":["external.servers"],"fault":"special","field":"KM-EXTERNAL-07"}
Feature: What was found

  @req:KM-EXTERNAL-07
  Scenario: A creation without server CA certificates, without a client certificate or without key servers is refused
    When the operator creates the external key manager "blue" with:
      | external.servers | (nothing) |
    Then the request is refused

# azure-key-vaults: what-does-not-exist-is-refused
# {"operation":"akv-rekey-internal","unknown":true}
Feature: What was found

  @req:AKV-READ-03
  Scenario: The scope of a configuration of an SVM is svm
    When the operator rekeys the internal key of a vault that does not exist
    Then the request is refused

# azure-key-vaults: what-was-deleted-is-gone
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-delete"},{"operation":"akv-create"}
Feature: What was found

  @req:AKV-DELETE-01
  Scenario: A configuration that was deleted can no longer be read
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    When the operator deletes the vault "blue"
    Then the vault "blue" can no longer be read

# azure-key-vaults: what-was-deleted-is-gone
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-delete"},{"operation":"akv-create"}
Feature: What was found

  @req:AKV-DELETE-02
  Scenario: A configuration that was deleted is not in the collection
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    When the operator deletes the vault "blue"
    Then the vault "blue" is not listed

# azure-key-vaults: what-was-deleted-is-gone
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-delete"},{"operation":"akv-create"}
Feature: What was found

  @req:AKV-DELETE-06
  Scenario: After a deletion the SVM can be given a configuration again
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    And the vault "blue" was deleted
    When the operator creates the vault "green"
    Then the request succeeds

# azure-key-vaults: what-was-deleted-is-gone
# {"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}},{"operation":"akv-delete"},{"operation":"akv-restore"},{"operation":"akv-create"}
Feature: What was found

  @req:AKV-DELETE-03
  Scenario: Whatever is asked of a configuration that was deleted is refused
    Given the vault "blue" exists with:
      | client_secret | (new secret) |
    And the vault "blue" was deleted
    When the operator restores the keys of the vault "blue"
    Then the request is refused

