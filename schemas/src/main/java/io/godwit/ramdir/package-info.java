/**
 * The RAM directory: a guest's memory as files, {@code manifest.json} beside one raw file a RAM block. Layout and mapping
 * only; what is written and when is the agents' business.
 */
package io.godwit.ramdir;
