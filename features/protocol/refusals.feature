Feature: What any server may have to refuse for now

  Rule: An overloaded server says so, and when to try again

    @req:API-RETRY-01 @lab:overloaded
    Scenario Outline: A list of <objects> is refused for now
      Given the lab arranged "overloaded"
      When the client asks once for the <objects> of its SVM
      Then the answer asks to try again

      Examples: Resources
        | objects  |
        | vaults   |
        | KMSs     |
        | GCP KMSs |

    @req:API-RETRY-02 @lab:overloaded
    Scenario Outline: A list of <objects> that is refused for now says why
      Given the lab arranged "overloaded"
      When the client asks once for the <objects> of its SVM
      Then the answer says why

      Examples: Resources
        | objects  |
        | vaults   |
        | KMSs     |
        | GCP KMSs |

  Rule: What has to be approved waits for it

    @req:API-APPROVAL-01 @lab:multi-admin-verification
    Scenario Outline: The deletion of a <object> has to be approved
      Given the <object> "blue" exists
      And the lab arranged "multi-admin-verification" for the <object> "blue"
      When the operator deletes the <object> "blue"
      Then the refusal has one of the codes "262325"

      Examples: Resources
        | object  |
        | vault   |
        | KMS     |
        | GCP KMS |
