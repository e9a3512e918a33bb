/** Which metrics and labels a PromQL expression asks for: enough for expressions about our own metrics. */

export interface MetricUse {
  readonly metric: string;
  /** Labels in the braces after the metric. */
  readonly selected: readonly string[];
}

export interface ExpressionNames {
  readonly metrics: readonly MetricUse[];
  /** Labels after `by`, `without`, `on`, `ignoring`, and those that label_replace makes. */
  readonly grouped: readonly string[];
  readonly made: readonly string[];
}

const ours = /\b((?:exec|excs|exas|excp|bridge|process|nodejs)_[a-z0-9_]+|up|ALERTS)\b(?:\s*\{([^}]*)\})?/g;
const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const replacing = /label_replace\(.*?,\s*§(\d+)§,/g;

/** Strings are set aside first, so that what they hold is not taken for names. */
export function namesIn(expression: string): ExpressionNames {
  const strings: string[] = [];
  const bare = expression.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_all, text: string) => {
    strings.push(text);
    return `§${strings.length - 1}§`;
  });
  const withoutGroups = bare.replaceAll(grouping, '()');
  return {
    metrics: [...withoutGroups.matchAll(ours)].map(([, metric = '', braces = '']) => ({
      metric,
      selected: [...braces.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    })),
    grouped: [...bare.matchAll(grouping)].flatMap(([, labels = '']) =>
      labels
        .split(',')
        .map((label) => label.trim())
        .filter((label) => label !== ''),
    ),
    made: [...bare.matchAll(replacing)].map(([, index]) => strings[Number(index)] ?? ''),
  };
}
