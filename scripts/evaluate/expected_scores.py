"""Expected values of the scores in src/evaluate, from scikit-learn, SciPy and statsmodels.

    python -m pip install scikit-learn==1.9.1 scipy==1.17.1 statsmodels==0.15.0
    python scripts/evaluate/expected_scores.py > src/evaluate/scores.fixture.json

Predictions are drawn from a seeded generator and kept in the file, so that the tests score exactly what is scored here.
"""
import json

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax
from scipy.stats import binomtest
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar


def case(name, seed, samples, shares, sharpness, decimals):
    rng = np.random.default_rng(seed)
    classes = len(shares)
    truth = rng.choice(classes, size=samples, p=shares)
    logits = rng.normal(size=(samples, classes))
    logits[np.arange(samples), truth] += 1.2
    p = softmax(sharpness * logits, axis=1)
    if decimals is not None:  # coarse scores: many ties within a class's ranking
        p = np.round(p, decimals)
        p[:, -1] = 1 - p[:, :-1].sum(axis=1)
        p = np.round(np.clip(p, 0, 1), decimals)
        p = p / p.sum(axis=1, keepdims=True)
    p = np.array(json.loads(json.dumps(p.tolist())))
    predicted = p.argmax(axis=1)
    return dict(name=name, classes=classes, truth=truth.tolist(), probabilities=p.tolist(),
                expected=scores(truth, predicted, p, classes))


def scores(truth, predicted, p, classes):
    labels = list(range(classes))
    per_class = [dict(
        auroc=metrics.roc_auc_score(truth == c, p[:, c]),
        averagePrecision=metrics.average_precision_score(truth == c, p[:, c]),
    ) for c in labels]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, average=None, zero_division=np.nan)
    fpr, tpr, _ = metrics.roc_curve(truth == 0, p[:, 0], drop_intermediate=False)
    pr_precision, pr_recall, _ = metrics.precision_recall_curve(truth == 0, p[:, 0])
    out = dict(
        accuracy=metrics.accuracy_score(truth, predicted),
        balancedAccuracy=metrics.balanced_accuracy_score(truth, predicted),
        precisionMacro=float(np.nanmean(precision)),
        recallMacro=float(np.nanmean(recall)),
        f1Macro=float(np.nanmean(f1)),
        f1Micro=metrics.f1_score(truth, predicted, labels=labels, average="micro"),
        logLoss=metrics.log_loss(truth, p, labels=labels),
        auroc=float(np.mean([one["auroc"] for one in per_class])),
        averagePrecision=float(np.mean([one["averagePrecision"] for one in per_class])),
        kappa=metrics.cohen_kappa_score(truth, predicted),
        matthews=metrics.matthews_corrcoef(truth, predicted),
        ece=ece(truth, predicted, p),
        temperature=temperature(truth, p),
        heldTemperature=temperature(truth, p, 0.3),
    )
    if classes > 2:  # scikit-learn's own multiclass average must agree with the mean over classes
        assert abs(out["auroc"] - metrics.roc_auc_score(truth, p, multi_class="ovr")) < 1e-12
        # Of equal probabilities scikit-learn ranks the last class first, the page the first: where it matters, left out.
        tied = any(len(set(row)) < classes for row in p.tolist())
        if classes > 3 and not tied:
            out["top3"] = metrics.top_k_accuracy_score(truth, p, k=3, labels=labels)
    return dict(scores=out, perClass=per_class,
                roc=dict(x=fpr.tolist(), y=tpr.tolist()),
                precisionRecall=dict(x=pr_recall[::-1].tolist(), y=pr_precision[::-1].tolist()))


def ece(truth, predicted, p, bins=10):
    """Guo et al. 2017, equation 3: bins ((m-1)/M, m/M]."""
    confidence = p.max(axis=1)
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - (truth == predicted)[inside].mean())
    return float(total)


def temperature(truth, p, spread=np.inf):
    logs = np.log(np.maximum(p, 1e-38))

    def loss(log_t):
        z = logs / np.exp(log_t)
        return float(np.sum(logsumexp(z, axis=1) - z[np.arange(len(truth)), truth]) + (log_t / spread) ** 2 / 2)

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(20)), method="bounded",
                                        options=dict(xatol=1e-10)).x))


def paired(only_first, only_second):
    table = [[30, only_first], [only_second, 5]]
    p = float(mcnemar(table, exact=True).pvalue)
    n = only_first + only_second
    if n:
        assert abs(p - binomtest(min(only_first, only_second), n, 0.5).pvalue) < 1e-9
    return dict(onlyFirst=only_first, onlySecond=only_second, pValue=min(1.0, p) if n else 1.0)


def bootstrap(truth, predicted, draws=20000):
    """95 % percentile interval of kappa, the same estimator with many more draws."""
    rng = np.random.default_rng(5)
    truth, predicted = np.array(truth), np.array(predicted)
    values = []
    for _ in range(draws):
        at = rng.integers(0, len(truth), len(truth))
        values.append(metrics.cohen_kappa_score(truth[at], predicted[at]))
    low, high = np.percentile(values, [2.5, 97.5])
    return dict(low=float(low), high=float(high))


cases = [
    case("three uneven classes", 1, 60, [0.6, 0.3, 0.1], 1.0, None),
    case("two classes, too sure", 2, 80, [0.5, 0.5], 4.0, None),
    case("ties within each ranking", 3, 50, [0.4, 0.3, 0.3], 1.0, 1),
    case("six classes", 4, 150, [1 / 6] * 6, 2.0, None),
]
first = cases[0]
print(json.dumps(dict(
    cases=cases,
    mcnemar=[paired(*pair) for pair in [(0, 0), (1, 0), (5, 5), (2, 9), (0, 12), (40, 61), (700, 800)]],
    kappaBootstrap=bootstrap(first["truth"], np.argmax(first["probabilities"], axis=1)),
)))
