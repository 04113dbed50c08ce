/** Files and directories that roles make, lock and remove. Parameters and results are never null unless it is said. */
package io.godwit.files;
