/**
 * What is known of a migration from its stream's log alone. Reads every record once, rebuilds no page and shows none.
 * Parameters and results are never null unless it is said.
 */
package io.godwit.cli.describe;
