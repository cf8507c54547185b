/// `bench`: measurements that anybody can repeat.
@NullMarked
package io.chronoscope.cli.bench;

import org.jspecify.annotations.NullMarked;
