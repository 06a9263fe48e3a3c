Feature: The documented error codes of key-managers

  The tables are those of the documents. Their conditions are states that no
  call can make: the owner of the target arranges them through the lab.

  Rule: A creation is refused for the documented reason

    @req:KM-CREATE-<code> @lab:<condition>
    Scenario Outline: A creation is refused with <code> under <condition>
      Given the lab arranged "<condition>"
      When the operator creates the onboard key manager "okm"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of POST
        | code     | condition                           |
        | 262224   | metrocluster-peer-unreachable       |
        | 262228   | metrocluster-peer-unreachable       |
        | 65536214 | key-encryption-key-generation-fails |
        | 65536216 | key-encryption-key-addition-fails   |
        | 65536310 | metrocluster-peer-unhealthy         |
        | 65536341 | metrocluster-peer-unhealthy         |
        | 65536508 | platform-without-encryption         |
        | 65536900 | metrocluster-partner-external       |
        | 65536903 | onboard-setup-fails-on-a-node       |
        | 65536906 | metrocluster-partner-onboard        |
        | 65539221 | metrocluster-peer-unhealthy         |
        | 65539704 | aggregate-encrypted-volumes         |

  Rule: A change is refused for the documented reason

    @req:KM-PATCH-<code> @lab:<condition>
    Scenario Outline: A change is refused with <code> under <condition>
      Given the onboard key manager "okm" exists
      And the lab arranged "<condition>" for the onboard key manager "okm"
      When the operator gives the onboard key manager "okm" new credentials
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of PATCH
        | code     | condition                         |
        | 65536406 | passphrase-change-fails           |
        | 65536407 | passphrase-change-fails-on-a-node |
        | 65536408 | passphrase-change-fails-on-a-node |
        | 65536802 | common-criteria-mode              |

  Rule: A deletion is refused for the documented reason

    @req:KM-DELETE-<code> @lab:<condition>
    Scenario Outline: A deletion is refused with <code> under <condition>
      Given the onboard key manager "okm" exists
      And the lab arranged "<condition>" for the onboard key manager "okm"
      When the operator deletes the onboard key manager "okm"
      Then the request is refused with code "<code>"

      Examples: ONTAP Error Response Codes of DELETE
        | code      | condition                           |
        | 65536208  | key-id-deletion-fails               |
        | 65536233  | wrapped-key-database-deletion-fails |
        | 65536234  | cluster-key-database-deletion-fails |
        | 65536239  | encrypted-volumes                   |
        | 65536242  | self-encrypting-drive-keys          |
        | 65536243  | self-encrypting-drive-keys-unknown  |
        | 65536800  | onboard-keys-unreadable             |
        | 65536813  | encrypted-cores                     |
        | 65536817  | disable-check-fails                 |
        | 65536827  | encrypted-volume-check-fails        |
        | 65536867  | encrypted-volumes                   |
        | 65540011  | encrypted-volumes                   |
        | 65540013  | encrypted-volumes                   |
        | 196608301 | encryption-type-unknown             |
        | 196608305 | encrypted-aggregates                |
