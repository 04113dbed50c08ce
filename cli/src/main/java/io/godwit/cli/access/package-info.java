/**
 * Least privileges: what each role has to be allowed in a cluster with ACLs, and how an administrator says so. Asks no cluster.
 * Parameters and results are never null unless it is said.
 */
package io.godwit.cli.access;
