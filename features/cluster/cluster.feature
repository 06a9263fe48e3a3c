Feature: What every cluster has

  Rule: The cluster and its release

    @req:CLUSTER-READ-01 @req:CLUSTER-TYPE-01
    Scenario: The cluster can be read
      When the operator reads the cluster
      Then the request is answered with the status "200"

    @req:CLUSTER-READ-02 @req:CLUSTER-READ-03
    Scenario: The cluster tells its release
      When the operator reads "version" of the cluster
      Then the answer has "version.full, version.generation, version.major, version.minor"

  Rule: Its nodes

    @req:NODE-LIST-01 @req:NODE-TYPE-01 @req:NODE-TYPE-02
    Scenario: The nodes are listed
      When the operator lists the nodes
      Then each of the nodes has "uuid"

    @req:NODE-READ-01
    Scenario: A node is read by its uuid
      Given the nodes were listed
      When the operator reads the first of the nodes
      Then the answer is the first of the nodes

    @req:NODE-READ-02
    Scenario: A node that does not exist is refused
      When the operator reads a node that does not exist
      Then the request is refused with a status of the 400s

    @req:NODE-READ-03
    Scenario: A node that does not exist is answered with 404
      When the operator reads a node that does not exist
      Then the request is refused with the status "404"

  Rule: Its data SVMs

    @req:SVM-LIST-01 @req:SVM-TYPE-01 @req:SVM-TYPE-02
    Scenario: The data SVMs are listed
      Given the data SVMs were listed
      When the operator lists the data SVMs
      Then each of the data SVMs has "uuid"

    @req:SVM-LIST-02
    Scenario: The admin SVM is not among the data SVMs
      Given the data SVMs were listed
      When the operator lists the data SVMs
      Then the admin SVM is not among them

    @req:SVM-READ-01
    Scenario: A data SVM is read by its uuid
      Given the data SVMs were listed
      When the operator reads the first of the data SVMs
      Then the answer is the first of the data SVMs

    @req:SVM-READ-02
    Scenario: An SVM that does not exist is refused
      When the operator reads a data SVM that does not exist
      Then the request is refused with a status of the 400s

    @req:SVM-READ-03
    Scenario: An SVM that does not exist is answered with 404
      When the operator reads a data SVM that does not exist
      Then the request is refused with the status "404"

  Rule: Their lists keep what every list promises

    @req:API-PAGE-01 @req:API-PAGE-02
    Scenario Outline: Pages of every size give each of the <things> once
      Given the <things> were listed
      When the operator lists the <things> in pages of "1, 2, 1000"
      Then every page size gives each of the <things> once

      Examples: Lists
        | things    |
        | nodes     |
        | data SVMs |

    @req:API-FILTER-01
    Scenario Outline: One of the <things> is found by its name
      Given the <things> were listed
      When the operator lists the <things> that have the name of the first
      Then the first of the <things> is listed alone

      Examples: Lists
        | things    |
        | nodes     |
        | data SVMs |
