/**
 * What Godwit says it conforms to, beside what others have written to the same specifications. Runs their programs; holds none of
 * their code.
 */
package io.godwit.conformance;
