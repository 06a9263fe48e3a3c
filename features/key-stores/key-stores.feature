Feature: Keystores

  Every configuration of a key manager is a keystore too.

  Rule: A configuration is listed among the keystores

    @req:KST-READ-02 @req:KST-READ-03 @req:KST-TYPE-01 @req:KST-TYPE-03
    Scenario Outline: The keystore of a <object> has the type <type>
      Given the <object> "blue" exists
      When the operator lists the keystores of the SVM of the <object> "blue"
      Then a keystore is listed with:
        | type | <type> |

      Examples: Types
        | object               | type |
        | vault                | akv  |
        | KMS                  | aws  |
        | GCP KMS              | gcp  |
        | external key manager | kmip |

    @req:KST-READ-04 @req:KST-READ-05 @req:KST-READ-07 @req:KST-READ-12 @req:KST-TYPE-02
    Scenario Outline: The keystore of an active <object> is external and enabled
      Given the <object> "blue" exists
      When the operator lists the keystores of the SVM of the <object> "blue"
      Then a keystore is listed with:
        | type     | <type>   |
        | location | external |
        | enabled  | true     |
        | scope    | svm      |

      Examples: Types
        | object  | type |
        | vault   | akv  |
        | KMS     | aws  |
        | GCP KMS | gcp  |

    @req:KST-READ-05
    Scenario: The keystore of an inactive configuration is not enabled
      Given the inactive vault "spare" exists
      When the operator lists the keystores of the SVM of the vault "spare"
      Then a keystore is listed with:
        | type    | akv   |
        | enabled | false |

    @req:KST-READ-10
    Scenario Outline: A deleted <object> is no keystore any more
      Given the <object> "blue" exists
      And the <object> "blue" was deleted
      When the operator lists the keystores of the SVM of the <object> "blue"
      Then no keystore is listed

      Examples: Key managers of an SVM
        | object  |
        | vault   |
        | KMS     |
        | GCP KMS |

  Rule: A configuration names its keystore

    @req:KST-READ-01 @req:KST-READ-06 @req:KST-READ-07
    Scenario: The configuration of a vault is a keystore
      Given the vault "blue" exists
      When the operator reads the configuration of the vault "blue" as a keystore
      Then the request is answered with the status "200"
      And the answer has "uuid, type"

  Rule: What does not exist is not found

    @req:KST-READ-08
    Scenario: A keystore that does not exist is refused
      When the operator reads a keystore that does not exist
      Then the request is refused with a status of the 400s

    @req:KST-READ-09
    Scenario: A keystore that does not exist is answered with 404
      When the operator reads a keystore that does not exist
      Then the request is refused with the status "404"

    @req:KST-READ-11
    Scenario: What is no uuid is answered with 400 or 404
      When the client sends GET "/api/security/key-stores/no-uuid"
      Then the request is refused with the status "400, 404"
