// error: SSE register return with SSE disabled
#ifdef MISTAKE
double test(int number);
double test(int number) { return number * 0.5; }
#else
int test(int number);
int test(int number) { return number / 2; }
#endif
