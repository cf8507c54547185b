/// Rules in plain language ([Rule]), and those in force ([RuleTable]), which the analysis queries
/// through [Rules].
@NullMarked
package io.chronoscope.rule;

import org.jspecify.annotations.NullMarked;
