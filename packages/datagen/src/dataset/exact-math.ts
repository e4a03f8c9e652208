/**
 * Logarithm, exponential and normal quantile from additions, multiplications and divisions alone: IEEE 754 fixes these to the last
 * bit, and `Math.exp` not, so that a size drawn today is the size drawn anywhere and for ever.
 */

const LN_2: number = Math.LN2;

/** e^x, to about 15 digits, for |x| up to 700. */
export function exactExp(x: number): number {
  const power = Math.floor(x / LN_2 + 0.5);
  const rest = x - power * LN_2;
  let sum = 1;
  for (let n = 20; n > 0; n--) sum = 1 + (sum * rest) / n;
  const step = power < 0 ? 0.5 : 2;
  for (let i = Math.abs(power); i > 0; i--) sum *= step;
  return sum;
}

/** The natural logarithm of a positive number, to about 15 digits. */
export function exactLn(x: number): number {
  let rest = x;
  let power = 0;
  for (; rest < 0.7; power--) rest *= 2;
  for (; rest > 1.4; power++) rest /= 2;
  const t = (rest - 1) / (rest + 1);
  let sum = 0;
  for (let n = 41; n > 0; n -= 2) sum = sum * t * t + 1 / n;
  return 2 * t * sum + power * LN_2;
}

// P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function", relative error below 1.15e-9.
const CENTRE_ABOVE = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const CENTRE_BELOW = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const TAIL_ABOVE = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_BELOW = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const TAIL = 0.02425;

/** How many standard deviations from the mean a normal variable's quantile `u` (0 < u < 1) lies. */
export function normalQuantile(u: number): number {
  if (u < TAIL) return tailQuantile(u);
  if (u > 1 - TAIL) return -tailQuantile(1 - u);
  const q = u - 0.5;
  return (polynomial(CENTRE_ABOVE, q * q) * q) / polynomial(CENTRE_BELOW, q * q);
}

function tailQuantile(u: number): number {
  const q = Math.sqrt(-2 * exactLn(u));
  return polynomial(TAIL_ABOVE, q) / polynomial(TAIL_BELOW, q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
