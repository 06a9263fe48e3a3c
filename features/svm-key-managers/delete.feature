Feature: Deleting a configuration of a key management service

  Rule: What was deleted is gone

    @req:<service>-DELETE-01
    Scenario Outline: A deleted <object> can no longer be read
      Given the <object> "blue" exists
      When the operator deletes the <object> "blue"
      Then the request succeeds
      And the <object> "blue" can no longer be read

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-DELETE-02
    Scenario Outline: A deleted <object> is not listed
      Given the <object> "blue" exists
      When the operator deletes the <object> "blue"
      Then the <object> "blue" is not listed

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-DELETE-03
    Scenario Outline: A deleted <object> cannot be deleted again
      Given the <object> "blue" exists
      And the <object> "blue" was deleted
      When the operator deletes the <object> "blue"
      Then the request is refused

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-DELETE-03
    Scenario Outline: A deleted <object> cannot be changed
      Given the <object> "blue" exists
      And the <object> "blue" was deleted
      When the operator gives the <object> "blue" new credentials
      Then the request is refused

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

    @req:<service>-DELETE-03
    Scenario Outline: Nobody <acts> of a deleted <object>
      Given the <object> "blue" exists
      And the <object> "blue" was deleted
      When the operator <acts> of the <object> "blue"
      Then the request is refused

      Examples: Work on keys
        | service | object  | acts                    |
        | GCP     | GCP KMS | rekeys the internal key |
        | GCP     | GCP KMS | restores the keys       |

    @req:<service>-DELETE-06
    Scenario Outline: After a deletion of a <object> the SVM can be given one again
      Given the <object> "blue" exists
      And the <object> "blue" was deleted
      When the operator creates the <object> "green"
      Then the request succeeds

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |

  @req:API-FAULT-01
  Rule: A refused deletion deletes nothing

    @lab:encrypted-volumes
    Scenario Outline: A <object> whose keys are in use stays as it was
      Given the <object> "blue" exists
      And the <object> "blue" was read
      And the lab arranged "encrypted-volumes" for the <object> "blue"
      When the operator deletes the <object> "blue"
      Then the request left the <object> "blue" as it was, if it was refused

      Examples: Services
        | object  |
        | GCP KMS |

  Rule: What does not exist cannot be deleted

    @req:<service>-DELETE-04 @req:<service>-DELETE-<code>
    Scenario Outline: A deletion of a uuid that no <object> has is refused
      When the operator deletes a <object> that does not exist
      Then the request is refused with code "<code>"

      Examples: Services
        | service | object  | code     |
        | GCP     | GCP KMS | 65537721 |

    @req:<service>-DELETE-05
    Scenario Outline: A deletion of a uuid that no <object> has is answered with 404
      When the operator deletes a <object> that does not exist
      Then the request is refused with the status "404", or with "400" and the code "8586226"

      Examples: Services
        | service | object  |
        | GCP     | GCP KMS |
