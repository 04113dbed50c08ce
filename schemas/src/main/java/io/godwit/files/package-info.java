/** Directories that a role makes and removes. Parameters and results are never null unless it is said. */
package io.godwit.files;
