// The names by which the compiler calls the product of complex numbers.
//
// By the school's formula: where a part is infinite or not a number, so may be all of the product. (The C
// standard's Annex G recovers some infinities.)

extern "C" {

// The compiler calls these by name; no header declares them.
_Complex float __mulsc3(float a, float b, float c, float d);
_Complex double __muldc3(double a, double b, double c, double d);

_Complex float __mulsc3(float a, float b, float c, float d) { return {a * c - b * d, a * d + b * c}; }
_Complex double __muldc3(double a, double b, double c, double d) { return {a * c - b * d, a * d + b * c}; }
}
