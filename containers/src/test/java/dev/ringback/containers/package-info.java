/** The images and the compose file, run for real; what needs a Docker engine is tagged docker. */
package dev.ringback.containers;
