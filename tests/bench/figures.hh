// SPDX-License-Identifier: GPL-2.0-or-later
// Figures: measuring two things alternately, judging their ratio against a target, writing the table.
#pragma once

#include <functional>
#include <glib.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

// A line of the table.
struct Figure {
    enum Sense {
        AT_LEAST,
        AT_MOST,
        FOR_INFORMATION
    };

    std::string name;
    std::string ours;  // absolute, with its unit
    std::string floor; // likewise; what it is divided by
    double ratio = 0;
    Sense sense = FOR_INFORMATION;
    double target = 0;

    // TRUE below 0.9 of a target, or as far above a limit.
    bool
    failed() const
    {
        return (sense == AT_LEAST && ratio < 0.9 * target)
               || (sense == AT_MOST && ratio > target / 0.9);
    }
};

// Seconds of CPU time for one operation: medians of all samples, and the median of the samples' ratios ours ÷ floor.
struct Pair {
    double ours, floor, ratio;
};

struct Work {
    std::function<void()> run;
    unsigned operations;                    // that one run() makes
    std::function<void()> before = nullptr; // not measured
};

constexpr unsigned SAMPLES = 11;

// Runs both in turn, SAMPLES times each, after one run that does not count.
Pair alternate(const Work &ours, const Work &floor);
// Seconds for one operation in the fastest of SAMPLES runs: what else the machine does can only add to it.
double fastest(const Work &work);
double median(std::vector<double> values);
double cpu_seconds();
std::string per_second(double seconds);
std::string milliseconds(double seconds);
std::string mebibytes(double mebibytes);

// A line for a rate: bigger is better (floor's time ÷ our time).
Figure
rate(const std::string &name, const std::string &floor_name, const Pair &pair, double target);
// A line for a cost: smaller is better (our time ÷ floor's time).
Figure
cost(const std::string &name, const std::string &floor_name, const Pair &pair, double target);

// The table as Markdown.
std::string table(const std::vector<Figure> &figures, const std::vector<std::string> &notes);

// What a library refuses ends the run: nothing is worth measuring then.
inline void
must(bool good, const std::string &what)
{
    if (!good)
        throw std::runtime_error(what);
}

// The groups of figures; each adds its lines.
void measure_pack(std::vector<Figure> &figures, std::vector<std::string> &notes);
void measure_store(std::vector<Figure> &figures, std::vector<std::string> &notes);
void measure_stream(std::vector<Figure> &figures, std::vector<std::string> &notes);
void measure_backlog(std::vector<Figure> &figures, std::vector<std::string> &notes);
void measure_station(std::vector<Figure> &figures, std::vector<std::string> &notes);

// What the official client is compared with: messages a second on an ETH identity.
struct OwnRates {
    double pack, unpack;
    double verify; // of the bare call that unpacking cannot do without
};
OwnRates own_rates();

} // namespace bench
