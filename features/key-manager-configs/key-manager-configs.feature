Feature: What the cluster does with all of its key managers

  Rule: The configuration can be read

    @req:KMC-READ-01 @req:KMC-READ-04 @req:KMC-TYPE-01 @req:KMC-TYPE-02
    Scenario: The key manager configuration can be read
      When the operator reads the key manager configuration
      Then the request is answered with the status "200"

    @req:KMC-READ-02
    Scenario: Common Criteria mode and the polling interval are shown
      When the operator reads the key manager configuration with "cc_mode_enabled,health_monitor_polling_interval"
      Then the answer has "cc_mode_enabled, health_monitor_polling_interval"

    @req:KMC-READ-03
    Scenario: The number of retries is shown
      When the operator reads the key manager configuration with "cloud_kms_retry_count"
      Then the answer has "cloud_kms_retry_count"
