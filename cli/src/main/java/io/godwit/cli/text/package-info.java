/**
 * Sizes, durations and tables as the command reads and shows them. Functions without state. Parameters and results are never
 * null unless it is said.
 */
package io.godwit.cli.text;
